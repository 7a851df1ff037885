/* A link to another page turns to it the way the browser's own way back does, without loading the dashboard anew.
   Where the link leads is all in its address, so until this file is there it works as any link does. */
const FRAMES = 300;
let pages = []; // their names; the first one has none in its address

const folder = (path) => path.slice(0, path.lastIndexOf("/") + 1);
const page = (path) => path.slice(folder(path).length) || pages[0];
const elsewhere = (link) => link.origin !== location.origin || (link.target && link.target !== "_self");
const asks = (event) => event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

/* The side bar is drawn anew on the page that it leads to: whoever came by it stays at the link that they followed. */
function keep(name, frames) {
  const link = document.querySelector(".r-pages a[aria-current]");
  const drawn = link && page(new URL(link.href).pathname) === name;
  if (drawn && document.activeElement === document.body) link.focus({ preventScroll: true });
  else if (frames) requestAnimationFrame(() => keep(name, frames - 1));
}

function turn(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || asks(event) || elsewhere(link)) return;
  const address = new URL(link.href);
  const [there, here] = [page(address.pathname), page(location.pathname)];
  const same = there === here && address.search === location.search; // which looks again
  if (folder(address.pathname) !== folder(location.pathname) || !pages.includes(there)) return;
  if (there === here && !same) return; // what was chosen on a page outlives a turn, and is not to win over the link
  event.preventDefault();
  if (there === pages[0]) address.pathname = folder(address.pathname);
  if (!same) history.pushState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
  if (link.closest(".r-pages")) keep(there, FRAMES);
}

document.addEventListener("click", turn);

export default function ({ data }) {
  pages = data.pages;
  document.documentElement.dataset.turns = "true"; // for whoever waits for it, as tests do
}
