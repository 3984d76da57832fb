// One message as an element: its bubble, the bar of what can be done with it, and below it time, tick and what went wrong.
import { displayName } from "../avatar.js";
import { api } from "../api.js";
import { emit } from "../bus.js";
import { el, icon, iconButton, setChildren, whileBusy } from "../dom.js";
import { showHtml } from "../richtext.js";
import { session } from "../session.js";
import { noteAnswer, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { clock, dateOf, fullTime } from "../time.js";
import { told } from "../told.js";
import { buildAttachment } from "./attachment.js";
import { showFacts } from "./facts.js";
import { receiptTick, receiptWords } from "./receipts.js";

function senderForScreenReaders(message) {
  const name = message.from === session.me ? texts.talk.you : displayName(userNamed(message.from));
  return el("span", { class: "visually-hidden" }, `${name}: `);
}

function buildBubble(message) {
  const bubble = el("div", { class: "bubble", title: fullTime(message.stamp) });
  if (message.file) {
    bubble.classList.add("file-bubble");
    bubble.append(senderForScreenReaders(message), buildAttachment(message.file));
    return bubble;
  }
  const body = el("div", { class: message.markdown ? "rich" : "plain" });
  showHtml(body, message.html);
  bubble.append(senderForScreenReaders(message), body);
  return bubble;
}

// Seen while the pointer or the focus is on the message. With the keyboard one goes through the menu, which has the same and more.
function buildBar() {
  const reply = iconButton("reply", texts.actions.reply);
  const menu = iconButton("more", texts.actions.more);
  menu.setAttribute("aria-haspopup", "menu");
  Object.assign(reply.dataset, { action: "reply" });
  Object.assign(menu.dataset, { action: "menu" });
  for (const button of [reply, menu]) button.tabIndex = -1;
  return el("div", { class: "message-bar" }, reply, menu);
}

export function buildMessage(message) {
  const mine = message.from === session.me;
  const element = el("article", {
    class: mine ? "message mine" : "message theirs",
    tabindex: "-1",
    dataset: { messageId: message.id, from: message.from, stamp: message.stamp },
  });
  element.append(buildBubble(message), buildBar(), el("div", { class: "meta-line" }));
  updateMeta(element, message);
  return element;
}

// Time, tick and failure, which change while the bubble stays.
export function updateMeta(element, message) {
  const mine = message.from === session.me;
  const line = element.querySelector(".meta-line");
  if (mine) element.dataset.receipt = message.receipt;
  const time = el("time", { datetime: dateOf(message.stamp).toISOString(), title: fullTime(message.stamp) }, clock(message.stamp));
  const facts = el("button", { type: "button", class: "meta", "aria-haspopup": "dialog", onclick: () => showFacts(facts, message) },
    message.arrived_late && el("span", { class: "late" }, texts.message.late),
    !mine && !message.verified && el("span", { class: "unproven" }, icon("shield-unknown", "icon small"), texts.message.unverifiedShort),
    time,
    mine && [receiptTick(message.receipt), el("span", { class: "receipt-word" }, receiptWords(message.receipt).word)]);
  setChildren(line, facts, mine && message.receipt === "failed" && buildFailure(message));
}

function buildFailure(message) {
  const note = el("span", { class: "failure-text" }, message.failure ? told(message.failure) : texts.message.failedDefault);
  const button = (label, act) => {
    const made = el("button", { type: "button", class: "link-button" }, label);
    made.addEventListener("click", () => whileBusy(made, act).catch((error) => {
      note.textContent = error.message;
    }));
    return made;
  };
  const again = button(texts.tryAgain, async () => noteAnswer(await api.retry(message.id)));
  const discard = button(texts.message.discard, async () => {
    await api.deleteMessage(message.id);
    emit("deleted", { id: message.id, with: message.to });
  });
  return el("p", { class: "failure", role: "alert" }, note, " ", again, " ", discard);
}
