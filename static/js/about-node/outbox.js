// What waits to be delivered: of everybody in numbers, of the reader by person.
import { addresses } from "../api.js";
import { displayName } from "../avatar.js";
import { el, stateView } from "../dom.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";
import { age } from "../time.js";
import { told } from "../told.js";

const words = texts.node.outbox;

function row(line) {
  const facts = [
    words.since(age(line.oldest_at)),
    line.held_elsewhere ? words.heldElsewhere(line.held_elsewhere, line.waiting, line.copies) : words.notHeld,
    line.last_error && words.trouble(told(line.last_error)),
  ];
  return el("div", { class: "share-row", role: "listitem", dataset: { to: line.to } },
    el("b", {}, el("a", { href: addresses.chat(line.to) }, displayName(userNamed(line.to)))),
    el("span", { class: "share-amount" }, words.amount(line.waiting)),
    el("small", {}, facts.filter(Boolean).join(" · ")));
}

export function outboxView({ waiting, oldest_at: oldestAt, held_elsewhere: heldElsewhere, copies, yours, your_addressees: addressees }) {
  if (waiting === 0) return [stateView({ title: words.empty, text: words.emptyHint, small: true })];
  const more = addressees - yours.length;
  return [
    el("p", { id: "outbox-whole" }, `${words.whole(waiting, age(oldestAt))} ${words.copies(heldElsewhere, waiting, copies)}`),
    el("h3", { class: "label" }, words.yours),
    yours.length === 0 && el("p", { class: "about-note" }, words.noneOfYours),
    yours.length > 0 && el("div", { class: "share-rows", role: "list" }, yours.map(row)),
    more > 0 && el("p", { class: "about-note" }, words.more(more)),
  ];
}
