// What the middle pane shows when it has no messages to show: nothing chosen, loading, nobody by that name, broken, empty.
import { displayName } from "../avatar.js";
import { el, icon, stateView } from "../dom.js";
import { presenceOf } from "../presence.js";
import { texts } from "../texts.js";

const words = texts.talk;

export function nothingChosen() {
  const action = el("a", { class: "button", href: "/people" }, words.findPeople);
  return stateView({ iconName: "chats", title: words.chooseTitle, text: words.chooseText, action });
}

export function loading() {
  return el("div", { class: "skeleton skeleton-bubbles", "aria-hidden": "true" }, el("b"), el("b"), el("b"), el("b"));
}

export function unknownPerson(username) {
  const action = el("a", { class: "button", href: "/people" }, texts.people.backToList);
  return stateView({ iconName: "search", title: texts.people.unknownTitle, text: texts.people.unknownText(username), action });
}

export function notLoaded(error, onRetry) {
  const action = el("button", { type: "button", class: "button", onclick: onRetry }, icon("retry"), texts.tryAgain);
  return stateView({ iconName: "alert", title: words.broken, text: error.message, action });
}

export function olderNotLoaded(onRetry) {
  const again = el("button", { type: "button", class: "link-button", onclick: onRetry }, texts.tryAgain);
  return el("p", { class: "beginning" }, words.olderBroken, " ", again);
}

export function newerNotLoaded(onRetry) {
  const again = el("button", { type: "button", class: "link-button", onclick: onRetry }, texts.tryAgain);
  return el("p", { class: "beginning" }, words.newerBroken, " ", again);
}

export function firstMessageHint(user) {
  const name = displayName(user);
  const isHere = presenceOf(user).online === "true";
  return stateView({ iconName: "chats", title: words.hello(name), text: isHere ? words.helloOnline(name) : words.helloAway(name) });
}

export function beginning(user) {
  return el("p", { class: "beginning" }, words.beginning(displayName(user)));
}
