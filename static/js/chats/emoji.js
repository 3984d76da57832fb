// ':wave' becomes 👋: names are offered while one writes them. The table is loaded with the first colon.
import { byId, el, setChildren } from "../dom.js";
import { replaceRange } from "./formatting.js";

const MOST_OFFERED = 8;
// A colon that begins a word, and at least two letters of a name.
const BEGUN = /(^|[\s(])(:([a-z0-9_+-]{2,30}))$/;

const list = byId("emoji-list");
let field = null;
let table = null;
// Where the name begins that is being completed, null when none is.
let begin = null;

const options = () => [...list.children];
const chosen = () => list.querySelector("[aria-selected=true]");

function close() {
  begin = null;
  list.hidden = true;
  setChildren(list);
  field.removeAttribute("aria-activedescendant");
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function insert(option) {
  const end = field.selectionStart;
  const start = begin;
  close();
  replaceRange(field, start, end, `${option.dataset.emoji} `);
}

function buildOption([emoji, name], index) {
  const option = el("div", { class: "emoji-option", role: "option", id: `emoji-${index}`, dataset: { emoji }, "aria-selected": "false" }, el("span", {}, emoji), ` :${name}`);
  // Keeps the focus in the field.
  option.addEventListener("mousedown", (event) => event.preventDefault());
  option.addEventListener("click", () => insert(option));
  return option;
}

// Those whose name begins so, then those that have it somewhere.
function find(wanted) {
  const begins = table.filter(([, name]) => name.startsWith(wanted));
  const holds = table.filter(([, name]) => !name.startsWith(wanted) && name.includes(wanted));
  return [...begins, ...holds].slice(0, MOST_OFFERED);
}

async function offer() {
  const match = BEGUN.exec(field.value.slice(0, field.selectionStart));
  if (!match || field.selectionStart !== field.selectionEnd) {
    if (begin !== null) close();
    return;
  }
  table ??= (await import("./emoji-table.js")).EMOJI;
  const hits = find(match[3]);
  if (hits.length === 0) {
    close();
    return;
  }
  begin = match.index + match[1].length;
  setChildren(list, hits.map(buildOption));
  list.hidden = false;
  choose(list.firstElementChild);
}

function onKey(event) {
  if (begin === null || event.isComposing) return;
  const all = options();
  const at = all.indexOf(chosen());
  if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all.at(at - 1));
  else if (event.key === "Enter" || event.key === "Tab") insert(chosen());
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  // Enter does not send now.
  event.stopImmediatePropagation();
}

// Before the field's other keys are listened to.
export function startEmoji(textField) {
  field = textField;
  field.addEventListener("keydown", onKey);
  field.addEventListener("input", offer);
  field.addEventListener("blur", close);
}
