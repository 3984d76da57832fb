// One event on the page. What the reader may be pressing stays the same element while the rest is drawn anew.
import { addresses, api } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { el, icon, setChildren, whileBusy } from "../dom.js";
import { showHtml } from "../richtext.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";
import { told } from "../told.js";
import { dayParts, timeSpan } from "../time.js";
import { guestPicker } from "./picker.js";

const words = texts.events;
const ANSWERS = ["going", "maybe", "not"];
// Those who come first, those who do not last.
const ORDER = { going: 0, maybe: 1, null: 2, not: 3 };

export function isOver(event) {
  return event.end * 1000 < Date.now();
}

export function needsAnswer(event) {
  return !event.hosting && !event.answer?.attendance && !isOver(event);
}

// `changed` is called with the event as the node has it after a change.
export function buildCard(event, changed) {
  const card = el("article", { class: "event", dataset: { event: event.id }, tabindex: "-1" });
  const parts = { day: el("div", { class: "event-day", "aria-hidden": "true" }), head: el("div", { class: "event-head" }) };
  const body = el("div", { class: "event-body" }, parts.head);
  if (event.hosting) body.append(hostParts(event, parts, changed));
  else body.append(guestParts(event, parts, changed));
  card.append(parts.day, body);
  card.parts = parts;
  return card;
}

function guestParts(event, parts, changed) {
  parts.note = el("p", { class: "event-note", role: "status" });
  parts.buttons = ANSWERS.map((answer) => {
    const button = el("button", { type: "button", class: "button", dataset: { answer } }, icon("check"), words.answers[answer]);
    button.addEventListener("click", async () => {
      try {
        changed(await whileBusy(button, () => api.answerEvent(event.id, answer)));
      } catch (error) {
        showNote(parts.note, error.message, true);
      }
      // A button that is busy loses the keyboard.
      button.focus();
    });
    return button;
  });
  parts.answers = el("div", { class: "answers", role: "group", "aria-label": words.question }, parts.buttons, parts.note);
  return parts.answers;
}

function hostParts(event, parts, changed) {
  const picker = guestPicker({ without: (username) => parts.told.has(username), nobodyLeft: words.everybodyInvited });
  const note = el("p", { class: "event-note", role: "status" });
  const invite = el("button", { type: "button", class: "button primary" }, icon("send"), words.invite);
  const more = el("button", { type: "button", class: "button", "aria-expanded": "false", dataset: { more: "" } }, icon("plus"), words.inviteMore);
  const panel = el("div", { class: "invite-more", hidden: true }, picker.element, invite);
  const show = (isOpen) => {
    panel.hidden = !isOpen;
    more.setAttribute("aria-expanded", String(isOpen));
    showNote(note, "");
    if (isOpen) invite.hidden = picker.refresh() === 0;
  };
  more.addEventListener("click", () => show(panel.hidden));
  invite.addEventListener("click", async () => {
    const guests = picker.chosen();
    if (guests.length === 0) return showNote(note, words.chooseSomebody, true);
    try {
      const now = await whileBusy(invite, () => api.inviteTo(event.id, guests));
      picker.clear();
      show(false);
      changed(now);
    } catch (error) {
      showNote(note, error.message, true);
    }
  });
  parts.count = el("p", { class: "label" });
  parts.list = el("ul", { class: "guest-list" });
  parts.invite = el("div", { class: "invite-more" }, more, panel, note);
  return el("div", { class: "guests" }, parts.count, parts.list, parts.invite);
}

export function updateCard(card, event) {
  const { parts } = card;
  const over = isOver(event);
  card.classList.toggle("is-over", over);
  card.classList.toggle("needs-answer", needsAnswer(event));
  const { weekday, day, month } = dayParts(event.start);
  setChildren(parts.day, el("span", {}, weekday), el("b", {}, day), el("span", {}, month));
  updateHead(parts.head, event, over);
  if (event.hosting) updateGuests(parts, event, over);
  else updateAnswer(parts, event, over);
}

// Drawn anew only when something in it has changed: the reader may be selecting text, or have the keyboard on a link.
function updateHead(head, event, over) {
  const { name, description, location, start, end, verified, host } = event;
  const content = JSON.stringify([name, description, location, start, end, verified, displayName(userNamed(host)), over]);
  if (head.content === content) return;
  head.content = content;
  const text = event.html && el("div", { class: "event-text rich", dir: "auto" });
  if (text) showHtml(text, event.html);
  setChildren(
    head,
    el("h3", { dir: "auto" }, event.name),
    el("p", { class: "event-line" }, icon("clock"), timeSpan(event.start, event.end)),
    event.location && el("p", { class: "event-line" }, icon("place"), el("span", { dir: "auto" }, event.location)),
    event.hosting ? el("p", { class: "event-line" }, icon("home"), over ? words.hosted : words.hosting) : hostLine(event, over),
    !event.verified && el("span", { class: "chip warn", title: words.notProvenTitle(event.host) }, icon("shield-unknown"), words.notProven),
    text,
  );
}

function hostLine(event, over) {
  const host = userNamed(event.host);
  return el("p", { class: "event-line" }, icon("people"),
    el("span", {}, el("a", { href: addresses.person(event.host) }, displayName(host)), ` ${over ? words.invitedYou : words.invitesYou}`));
}

function updateAnswer(parts, event, over) {
  const { attendance = null, progress, failure } = event.answer ?? {};
  const host = displayName(userNamed(event.host));
  for (const button of parts.buttons) {
    button.setAttribute("aria-pressed", String(button.dataset.answer === attendance));
    button.hidden = over;
  }
  if (over) showNote(parts.note, attendance ? words.saidThen[attendance] : words.saidNothing);
  else if (!attendance) showNote(parts.note, "");
  else if (progress === "failed") showNote(parts.note, words.answerFailed(host, failure ? told(failure) : ""), true);
  else showNote(parts.note, progress === "pending" ? words.answerPending(host) : words.answerThere(host));
}

function updateGuests(parts, event, over) {
  const guests = [...event.guests].sort((a, b) => ORDER[a.attendance] - ORDER[b.attendance]);
  parts.told = new Set(guests.filter((guest) => guest.progress !== "failed").map((guest) => guest.username));
  parts.count.textContent = words.counts({
    going: guests.filter((guest) => guest.attendance === "going").length,
    maybe: guests.filter((guest) => guest.attendance === "maybe").length,
    all: guests.length,
  });
  setChildren(parts.list, guests.map((guest) => guestRow(guest, over)));
  parts.list.hidden = guests.length === 0;
  parts.invite.hidden = over;
}

function guestRow(guest, over) {
  const user = userNamed(guest.username);
  const hasFailed = guest.progress === "failed" && !guest.attendance;
  const row = el("li", { class: hasFailed ? "guest has-failed" : "guest", dataset: { username: guest.username, attendance: guest.attendance ?? "none", progress: guest.progress } });
  row.append(avatar(user, { size: "s" }), el("b", {}, displayName(user)), el("small", {}, guestWords(guest, over)));
  return row;
}

function guestWords({ attendance, verified, progress, failure }, over) {
  if (attendance) return verified ? words.comes[attendance] : `${words.comes[attendance]}, ${words.answerNotProven}`;
  if (progress === "failed") return words.notInvited(failure ? told(failure) : "");
  if (over) return words.neverAnswered;
  return progress === "pending" ? words.onItsWay : words.noAnswer;
}

function showNote(note, text, isError = false) {
  if (note.textContent !== text) note.textContent = text;
  note.classList.toggle("error", isError);
}
