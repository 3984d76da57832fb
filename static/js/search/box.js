// The search box: opens over any page, finds while one types, and leads to what was chosen.
import { byId, setChildren } from "../dom.js";
import { loadUsers, otherUsers } from "../state.js";
import { Finder } from "./finder.js";
import { buildHits, chosenOption, moveChoice } from "./hits.js";
import { buildNotes, buildTeaching, statusWords } from "./notes.js";

const dialog = byId("search");
const input = byId("search-words");
const hits = byId("search-hits");
const notes = byId("search-notes");
// The words whose hits are shown, and whether Enter was pressed before the hits for newer words came.
let shownWords = "";
let isHasty = false;

const finder = new Finder(show);

function open() {
  if (dialog.open) return;
  // A menu or panel that lies over the page would stay above the box.
  for (const panel of document.querySelectorAll("[popover]:popover-open")) panel.hidePopover();
  dialog.showModal();
  input.select();
  // Some pages do without the list of people; hits are shown by their names.
  if (otherUsers().length === 0) loadUsers().catch(() => {});
  if (!input.value) show({ words: "", answer: null, error: null });
  else finder.find(input.value, { atOnce: true });
}

// Draws what is known now: nothing asked, an answer, or why there is none.
function show(found) {
  const { words, answer, error } = found;
  shownWords = words;
  setChildren(hits, answer && buildHits(answer));
  hits.hidden = hits.childElementCount === 0;
  input.setAttribute("aria-expanded", String(!hits.hidden));
  choose(hits.querySelector("[role=option]"));
  if (words === "") setChildren(notes, buildTeaching(useFilter));
  else setChildren(notes, buildNotes(found, { onMore: () => finder.more(), onRetry: () => finder.find(words, { atOnce: true }), onFilter: useFilter }));
  byId("search-status").textContent = error?.message ?? (answer ? statusWords(words, answer) : "");
  if (isHasty) goToChosen();
}

// Goes to the chosen hit; never to one for other words than those that stand there.
function goToChosen() {
  isHasty = input.value.trim() !== shownWords;
  if (!isHasty) chosenOption(hits)?.click();
}

function choose(option) {
  moveChoice(hits, option);
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

// Puts a filter behind the words; one that wants a value waits for it.
function useFilter(filter) {
  const words = input.value.trim();
  input.value = words ? `${words} ${filter}` : filter;
  input.focus();
  finder.find(input.value);
}

function step(by) {
  const options = [...hits.querySelectorAll("[role=option]")];
  if (options.length === 0) return;
  const at = options.indexOf(chosenOption(hits));
  choose(options[(at + by + options.length) % options.length]);
  chosenOption(hits).scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  if (event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) step(steps[event.key]);
  else if (event.key === "Enter") goToChosen();
  else return;
  event.preventDefault();
}

// Whoever takes the key first keeps it, such as a field that makes links by it.
function isSearchKey(event) {
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
}

export function startSearch() {
  byId("search-button").addEventListener("click", open);
  byId("search-close").addEventListener("click", () => dialog.close());
  input.addEventListener("input", () => {
    isHasty = false;
    finder.find(input.value);
  });
  input.addEventListener("keydown", onKey);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    isHasty = false;
    finder.stop();
  });
  // The page follows the link; the box only makes way.
  hits.addEventListener("click", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (isPlain && event.target.closest("[role=option]")) dialog.close();
  });
  addEventListener("keydown", (event) => {
    if (!isSearchKey(event) || event.defaultPrevented) return;
    event.preventDefault();
    open();
  });
}
