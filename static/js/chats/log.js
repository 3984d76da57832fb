// The messages of the open conversation in their order, with lines between days and groups of one sender.
import { el } from "../dom.js";
import { keepReceipt } from "../state.js";
import { texts } from "../texts.js";
import { dayKey, dayLabel } from "../time.js";
import { buildMessage, updateMeta } from "./message.js";

// Messages of one sender that follow within this time stand together.
const GROUP_SECONDS = 300;
// Long enough to be found by the eye.
const POINT_MS = 3000;

export class MessageLog {
  #element;
  #messages = new Map();
  #elements = new Map();
  #newLine = null;

  constructor(element) {
    this.#element = element;
  }

  clear() {
    this.#element.replaceChildren();
    this.#messages.clear();
    this.#elements.clear();
    this.#newLine = null;
  }

  get isEmpty() {
    return this.#messages.size === 0;
  }

  has(id) {
    return this.#messages.has(id);
  }

  get(id) {
    return this.#messages.get(id);
  }

  // Newest first.
  *messages() {
    for (let element = this.#element.lastElementChild; element; element = element.previousElementSibling) {
      if (element.matches(".message")) yield this.#messages.get(element.dataset.messageId);
    }
  }

  get oldest() {
    const first = this.#element.querySelector(".message");
    return first ? this.#messages.get(first.dataset.messageId) : null;
  }

  // The newest message that passes the test.
  newest(test = () => true) {
    for (const message of this.messages()) if (test(message)) return message;
    return null;
  }

  // Puts messages of an older page (newest first, as the node gives them) above all others.
  prependPage(messages) {
    const added = [];
    for (const message of messages) {
      if (this.has(message.id)) continue;
      const element = this.#remember(message);
      this.#element.prepend(element);
      added.push(element);
    }
    for (const element of added) this.#decorate(element);
    // The first that was added stands above what was the oldest before.
    if (added.length > 0) this.#decorateAround(added[0]);
  }

  // Puts one message where its stamp says, or renews the one with the same id. Tells whether it was new.
  put(message) {
    const known = this.#elements.get(message.id);
    if (known) {
      this.#renew(known, message);
      return false;
    }
    const element = this.#remember(message);
    const before = this.#lastNotAfter(message.stamp);
    if (before) before.after(element);
    else this.#element.prepend(element);
    this.#decorateAround(element);
    return true;
  }

  // Takes a message out, with the line of its day if it was alone on it.
  remove(id) {
    const element = this.#elements.get(id);
    if (!element) return;
    if (this.#newLine?.nextElementSibling === element) this.unmarkNew();
    const neighbours = [previousMessage(element), nextMessage(element)];
    this.#setDayLine(element, false);
    element.remove();
    this.#messages.delete(id);
    this.#elements.delete(id);
    for (const neighbour of neighbours) if (neighbour) this.#decorate(neighbour);
  }

  setReceipt({ id, receipt, receipt_at: since, failure, travelled }) {
    const message = this.#messages.get(id);
    if (message) this.put({ ...message, receipt, receipt_at: since, failure, travelled: travelled ?? message.travelled });
  }

  // Points out the message that was looked for, for a moment to the eye and as the place to go on from with the keyboard.
  point(id) {
    const element = this.#elements.get(id);
    element.focus({ preventScroll: true });
    element.classList.add("found");
    setTimeout(() => element.classList.remove("found"), POINT_MS);
    return element;
  }

  // Draws the 'new messages' line above a message; there is one line at most.
  markNewFrom(id) {
    this.unmarkNew();
    const element = this.#elements.get(id);
    if (!element) return null;
    this.#newLine = el("div", { class: "new-line", role: "separator" }, el("span", {}, texts.talk.newMessages));
    element.before(this.#newLine);
    this.#decorateAround(element);
    return this.#newLine;
  }

  unmarkNew() {
    const following = this.#newLine?.nextElementSibling;
    this.#newLine?.remove();
    this.#newLine = null;
    if (following) this.#decorateAround(following);
  }

  get newLine() {
    return this.#newLine;
  }

  // Keeps `most` messages and drops the newest beyond them. Tells whether there were any.
  dropNewest(most) {
    return this.#drop(most, () => this.newest());
  }

  // Keeps `most` messages and drops the oldest beyond them. Tells whether there were any.
  dropOldest(most) {
    return this.#drop(most, () => this.oldest);
  }

  #drop(most, next) {
    const isTooMuch = this.#messages.size > most;
    while (this.#messages.size > most) this.remove(next().id);
    return isTooMuch;
  }

  #remember(message) {
    const element = buildMessage(message);
    this.#messages.set(message.id, message);
    this.#elements.set(message.id, element);
    return element;
  }

  // A receipt only changes the line below; the bubble is rebuilt when its content changed, so that a playing video plays on.
  #renew(element, news) {
    const old = this.#messages.get(news.id);
    const message = keepReceipt(news, old);
    this.#messages.set(message.id, message);
    let current = element;
    if (old.html === message.html && old.file?.id === message.file?.id) {
      updateMeta(element, message);
    } else {
      current = buildMessage(message);
      this.#elements.set(message.id, current);
      element.replaceWith(current);
    }
    this.#decorateAround(current);
  }

  // New messages mostly belong at the end, so the search starts there.
  #lastNotAfter(stamp) {
    let element = this.#element.lastElementChild;
    while (element && !(element.matches(".message") && Number(element.dataset.stamp) <= stamp)) element = element.previousElementSibling;
    return element;
  }

  // What stands beside a message changes its neighbours too.
  #decorateAround(element) {
    for (const one of [previousMessage(element), element, nextMessage(element)]) if (one) this.#decorate(one);
  }

  // Gives a message the line of its day if it is the first of it, and its place in its group.
  #decorate(element) {
    const previous = previousMessage(element);
    const next = nextMessage(element);
    const startsDay = !previous || dayKey(stampOf(previous)) !== dayKey(stampOf(element));
    this.#setDayLine(element, startsDay);
    element.classList.toggle("first", !previous || !sameGroup(previous, element));
    element.classList.toggle("last", !next || !sameGroup(element, next));
    element.classList.toggle("quiet", Boolean(next) && sameGroup(element, next) && element.dataset.receipt === next.dataset.receipt && element.dataset.receipt !== "failed");
  }

  #setDayLine(element, wanted) {
    let place = element.previousElementSibling;
    if (place?.matches(".new-line")) place = place.previousElementSibling;
    const existing = place?.matches(".day") ? place : null;
    if (!wanted) {
      existing?.remove();
      return;
    }
    const label = dayLabel(stampOf(element));
    if (existing) {
      existing.firstElementChild.textContent = label;
      return;
    }
    const line = el("div", { class: "day" }, el("span", {}, label));
    const before = element.previousElementSibling?.matches(".new-line") ? element.previousElementSibling : element;
    before.before(line);
  }
}

function stampOf(element) {
  return Number(element.dataset.stamp);
}

function sibling(element, step) {
  let other = element[step];
  while (other && !other.matches(".message")) other = other[step];
  return other;
}

function previousMessage(element) {
  return sibling(element, "previousElementSibling");
}

function nextMessage(element) {
  return sibling(element, "nextElementSibling");
}

// `earlier` stands directly before `later`.
function sameGroup(earlier, later) {
  return earlier.dataset.from === later.dataset.from
    && stampOf(later) - stampOf(earlier) <= GROUP_SECONDS
    && dayKey(stampOf(earlier)) === dayKey(stampOf(later))
    && !later.previousElementSibling?.matches(".new-line");
}
