/* Rows of a table that work without a reload: a link opens its row, boxes are ticked, the focus returns to where it was.
   Without this file a row's link still leads to the same page with the same row open. */
const FRAMES = 40;
const EDITOR = "[class*='st-key-editor_']";
let turn = null;
let held = null;
let stop = () => {};

const main = () => document.querySelector('[data-testid="stMain"]');
const boxes = () => [...document.querySelectorAll("input[data-pick]")];

function hold(row) {
  const link = document.getElementById(`gap-${row}`);
  held = link ? { id: link.id, top: link.getBoundingClientRect().top } : null;
}

/* What was clicked stays where it is on the screen, whatever opens or closes above it, and then takes the focus. */
function settle(focus, frames) {
  const row = held && document.getElementById(held.id);
  if (row && main()) main().scrollTop += row.getBoundingClientRect().top - held.top;
  const wanted = focus && document.querySelector(focus);
  if (wanted && document.activeElement !== wanted) wanted.focus({ preventScroll: true });
  const editor = wanted && wanted.closest(EDITOR);
  if (editor) {
    held = null;
    editor.scrollIntoView({ block: "nearest" });
  }
  if (frames > 0) requestAnimationFrame(() => settle(wanted ? "" : focus, frames - 1));
  else held = null;
}

export default function ({ data, setTriggerValue, setStateValue }) {
  for (const box of boxes()) box.checked = data.picked.includes(Number(box.dataset.pick));
  if (data.turn !== turn) {
    turn = data.turn;
    settle(data.focus, FRAMES);
  }
  const click = (event) => {
    const editor = event.target.closest?.(EDITOR);
    if (editor) hold([...editor.classList].find((name) => name.startsWith("st-key-editor_")).split("_")[1]);
    const link = event.target.closest?.("a[data-gap]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    hold(link.dataset.gap);
    const row = Number(link.dataset.gap);
    setTriggerValue("opened", link.ariaExpanded === "true" ? -row : row);
  };
  const change = (event) => {
    if (!event.target.matches?.("input[data-pick]")) return;
    const shown = boxes().map((box) => Number(box.dataset.pick));
    const ticked = boxes().filter((box) => box.checked).map((box) => Number(box.dataset.pick));
    setStateValue("picked", [...data.picked.filter((row) => !shown.includes(row)), ...ticked]);
  };
  stop(); // of rows that were shown before
  document.addEventListener("click", click);
  document.addEventListener("change", change);
  stop = () => {
    document.removeEventListener("click", click);
    document.removeEventListener("change", change);
  };
  return stop;
}
