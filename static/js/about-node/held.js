// What this node holds for people of other nodes, and how much of its quotas that takes.
import { displayName } from "../avatar.js";
import { el, stateView } from "../dom.js";
import { sizeInWords } from "../sizes.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";
import { age } from "../time.js";

const words = texts.node.held;
// From here on a share is nearly used up, and its bar says so.
const NEARLY_FULL = 0.9;

function bar(value, most, label) {
  const isFull = value >= most * NEARLY_FULL;
  return el("meter", { class: isFull ? "share-bar full" : "share-bar", min: 0, max: Math.max(most, 1), value, "aria-label": label });
}

function row({ who, count, bytes, oldest_at: oldestAt }, most) {
  const size = sizeInWords(bytes);
  return el("div", { class: "share-row", role: "listitem", dataset: { who } },
    el("b", {}, displayName(userNamed(who))),
    el("span", { class: "share-amount", title: words.amountSpoken(count, size) }, words.amount(count, size)),
    bar(bytes, most, words.bar(who)),
    el("small", {}, words.since(age(oldestAt))));
}

function shareList(id, title, hint, shares, all, most) {
  const more = all - shares.length;
  return el("div", { id },
    el("h3", { class: "label" }, title),
    el("p", { class: "about-note" }, hint),
    el("div", { class: "share-rows", role: "list" }, shares.map((share) => row(share, most))),
    more > 0 && el("p", { class: "about-note" }, words.more(more)));
}

export function heldView({ count, bytes, quotas, addressees, addressees_count: addresseesCount, depositors, depositors_count: depositorsCount }) {
  const total = sizeInWords(quotas.total_bytes);
  const about = quotas.total_bytes === 0 ? words.nothingHeld : words.about(total, quotas.days);
  if (count === 0) return [stateView({ title: words.empty, text: about, small: true })];
  const { addressee_bytes: ofAddressee, depositor_bytes: ofDepositor, depositor_count: pieces } = quotas;
  return [
    el("p", { class: "about-note about-lead" }, about),
    el("p", { id: "held-whole" }, words.whole(count, sizeInWords(bytes), total)),
    bar(bytes, quotas.total_bytes, words.barOfAll),
    el("div", { class: "share-lists" },
      shareList("held-addressees", words.addressees, words.addresseesHint(sizeInWords(ofAddressee)), addressees, addresseesCount, ofAddressee),
      shareList("held-depositors", words.depositors, words.depositorsHint(sizeInWords(ofDepositor), pieces), depositors, depositorsCount, ofDepositor)),
  ];
}
