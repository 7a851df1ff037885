/* Rows of a table that work without a reload: a link opens its row, boxes are ticked, the focus returns to where it was.
   Until this file is there a row's link leads to the same page with the same row open, and a tick waits for it. */
const FRAMES = 40;
const PATIENCE = 20000; // ms for a field whose own script is still on its way
const EDITOR = "[class*='st-key-editor_']";
let turn = null;
let held = null;
let given = false; // the focus, in this turn
let acted = false; // a person, since this turn began
let stop = () => {};

const main = () => document.querySelector('[data-testid="stMain"]');
const boxes = () => [...document.querySelectorAll("input[data-pick]")];

function hold(row) {
  const link = document.getElementById(`gap-${row}`);
  held = link ? { id: link.id, top: link.getBoundingClientRect().top } : null;
}

/* What was clicked stays where it is on the screen, whatever opens or closes above it. */
function steady() {
  const row = held && document.getElementById(held.id);
  if (row && main()) main().scrollTop += row.getBoundingClientRect().top - held.top;
}

/* Gives the focus to what a turn asks for, as soon as that is there, and again if it is drawn anew meanwhile. A person
   who does something first keeps the focus where they put it. */
function settle(mine, focus, frames, until) {
  if (mine !== turn || acted) return;
  if (frames > 0) steady();
  else held = null;
  const wanted = focus && document.querySelector(focus);
  if (wanted && (!given || document.activeElement === document.body)) {
    wanted.focus({ preventScroll: true });
    const editor = wanted.closest(EDITOR);
    if (editor) {
      held = null;
      editor.scrollIntoView({ block: "nearest" });
    }
    if (!given) frames = FRAMES;
    given = true;
  }
  if (frames > 0 || (focus && !given && performance.now() < until))
    requestAnimationFrame(() => settle(mine, focus, frames - 1, until));
  else held = null;
}

export default function ({ data, setTriggerValue, setStateValue }) {
  if (turn === null) {
    const early = boxes().filter((box) => box.checked && !data.picked.includes(Number(box.dataset.pick)));
    data.picked.push(...early.map((box) => Number(box.dataset.pick)));
    if (early.length) setStateValue("picked", data.picked);
  }
  for (const box of boxes()) box.checked = data.picked.includes(Number(box.dataset.pick));
  if (data.turn !== turn) {
    turn = data.turn;
    given = acted = false;
    settle(turn, data.focus, FRAMES, performance.now() + PATIENCE);
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
  const act = () => {
    acted = true;
  };
  stop(); // of rows that were shown before
  document.addEventListener("click", click);
  document.addEventListener("change", change);
  document.addEventListener("keydown", act);
  document.addEventListener("pointerdown", act);
  stop = () => {
    document.removeEventListener("click", click);
    document.removeEventListener("change", change);
    document.removeEventListener("keydown", act);
    document.removeEventListener("pointerdown", act);
  };
  return stop;
}
