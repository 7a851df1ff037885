/* The dashboard cannot be reached: said in the page's own words, without a window over what is being read. Streamlit
   shows a mark in its header while it connects, and from the first failure on a window of its own, which is closed. */
const MARK = '[data-testid="stConnectionStatus"]';
const PATIENCE = 1500; // ms, since a moment without a connection is no news
let words = {};
let since = null;
let notice = null;

function told() {
  if (!notice) {
    notice = document.createElement("div");
    notice.className = "r-lost";
    notice.setAttribute("role", "alert");
    document.body.append(notice);
  }
  const title = document.createElement("strong");
  title.textContent = words.title;
  notice.replaceChildren(title, ` ${words.next}`);
}

/* A window of Streamlit's own holds text alone; one of ours holds elements, and stays with what is typed there. */
function close() {
  for (const one of document.querySelectorAll('section[role="dialog"]'))
    if (!one.querySelector('[data-testid="stVerticalBlock"]')) one.querySelector('button[aria-label="Close"]')?.click();
}

function look() {
  const lost = document.querySelector(MARK) !== null;
  if (!lost) {
    since = null;
    notice?.remove();
    notice = null;
    return;
  }
  close();
  since ??= performance.now();
  if (!notice && performance.now() - since >= PATIENCE) told();
}

let watch = null;

export default function ({ data }) {
  words = data;
  watch ??= setInterval(look, 500);
}
