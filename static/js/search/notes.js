// What the search box says beside its hits: how to ask, what was not looked through, and why there is nothing.
import { el, icon, stateView } from "../dom.js";
import { texts } from "../texts.js";

const words = texts.search;

// How to ask; a click on a filter puts it into the box.
export function buildTeaching(onFilter) {
  const row = ({ filter, example, text }) => el("li", {},
    el("button", { type: "button", class: "search-filter", onclick: () => onFilter(filter) }, example), el("span", {}, text));
  return el("div", { class: "search-teaching" }, el("p", {}, words.hint), el("ul", {}, words.filters.map(row)));
}

// Nothing is called 'none' that was not looked for.
function gapNote({ complete, searched, before }) {
  if (complete) return null;
  if (!before) return words.stillReading;
  return searched === "newest" ? words.newestOnly : words.lookedAtMany;
}

export function buildNotes({ words: asked, answer, error }, { onMore, onRetry, onFilter }) {
  if (error) {
    const again = el("button", { type: "button", class: "link-button", onclick: onRetry }, texts.tryAgain);
    return el("p", { class: "notice danger" }, error.message, " ", again);
  }
  if (!answer) return null;
  const isEmpty = answer.people.length + answer.messages.length === 0;
  const gap = gapNote(answer);
  const more = el("button", { type: "button", class: "button wide", onclick: onMore }, icon("clock"), answer.complete ? words.older : words.further);
  return [
    answer.not_understood.map((filter) => el("p", { class: "notice" }, words.notUnderstood(filter))),
    isEmpty && answer.searched !== "nothing" && stateView({ iconName: "search", title: gap ? words.nothingYet : words.nothing(asked) }),
    gap && el("p", { class: "notice" }, gap),
    answer.before && more,
    isEmpty && buildTeaching(onFilter),
  ];
}

// For those who listen.
export function statusWords(asked, { people, messages, complete, before }) {
  if (people.length + messages.length > 0) return words.found(people.length, messages.length, before !== null || !complete);
  return complete ? words.nothing(asked) : words.nothingYet;
}
