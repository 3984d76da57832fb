// Going from message to message with the arrow keys, and the ways to the menu of one: keys, the bar, a long press.
import { byId } from "../dom.js";
import { actionsFor } from "./actions.js";
import { focusComposer } from "./composer.js";
import { openMessageMenu } from "./message-menu.js";

const LONG_PRESS_MS = 450;
// A finger that lies still moves this much.
const STILL_PX = 10;

const box = byId("log-scroll");
let log = null;

const messagesShown = () => [...byId("log").querySelectorAll(".message")];

function focusMessage(element) {
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: "nearest" });
}

export function focusNewestMessage() {
  focusMessage(messagesShown().at(-1));
}

// A message with the focus is about to go.
export function stepAside(id) {
  const element = document.activeElement;
  if (element.dataset.messageId !== id) return;
  const all = messagesShown();
  const at = all.indexOf(element);
  const near = all[at + 1] ?? all[at - 1];
  if (near) focusMessage(near);
  else focusComposer();
}

// The last message of which something is in sight.
function lastInSight() {
  const foot = box.getBoundingClientRect().bottom;
  return messagesShown().findLast((element) => element.getBoundingClientRect().top < foot);
}

function walk(element, key) {
  const all = messagesShown();
  const at = all.indexOf(element);
  if (key === "ArrowDown" && at === all.length - 1) focusComposer();
  else focusMessage({ ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[key]);
}

const WALKING_KEYS = ["ArrowUp", "ArrowDown", "Home", "End"];
const isMenuKey = ({ key, shiftKey }) => key === "Enter" || key === "ContextMenu" || (key === "F10" && shiftKey);

function onMessageKey(event, element) {
  const message = log.get(element.dataset.messageId);
  const action = actionsFor(message).find(({ key, run }) => run && key?.toLowerCase() === event.key.toLowerCase());
  if (WALKING_KEYS.includes(event.key)) walk(element, event.key);
  else if (event.key === "Escape") focusComposer();
  else if (isMenuKey(event)) openMessageMenu(message, element);
  else if (action) action.run(message, element);
  else return;
  event.preventDefault();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === box && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    event.preventDefault();
    focusMessage(lastInSight());
  } else if (event.target.matches(".message[data-message-id]")) {
    onMessageKey(event, event.target);
  }
}

// A finger that rests on a bubble. Android tells of it as of a right click; elsewhere time does.
function watchLongPress() {
  let timer = null;
  let start = null;
  const stop = () => clearTimeout(timer);
  const open = (bubble) => {
    const element = bubble.closest(".message");
    openMessageMenu(log.get(element.dataset.messageId), element);
  };
  box.addEventListener("pointerdown", (event) => {
    const bubble = event.pointerType === "touch" && event.target.closest("#log .bubble");
    stop();
    if (!bubble) return;
    start = event;
    timer = setTimeout(open, LONG_PRESS_MS, bubble);
  });
  box.addEventListener("pointermove", (event) => start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > STILL_PX && stop());
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) box.addEventListener(end, stop);
  box.addEventListener("contextmenu", (event) => {
    const bubble = event.pointerType === "touch" && event.target.closest("#log .bubble");
    // With the keyboard it is the menu of the message that was asked for.
    if (!bubble && !document.activeElement.matches(".message")) return;
    if (event.pointerType === "mouse") return;
    event.preventDefault();
    if (bubble) open(bubble);
  });
}

// `messageLog` tells what stands behind an element.
export function startWalking(messageLog) {
  log = messageLog;
  box.addEventListener("keydown", onKey);
  watchLongPress();
  byId("log").addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (!button) return;
    const element = button.closest(".message");
    const message = log.get(element.dataset.messageId);
    if (button.dataset.action === "menu") openMessageMenu(message, element, button);
    else actionsFor(message).find(({ name }) => name === button.dataset.action).run(message, element);
  });
}
