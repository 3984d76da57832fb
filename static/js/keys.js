// Keys that work on every page: `?` lists them all, Alt with the arrows goes through the conversations.
import { addresses } from "./api.js";
import { byId, el, iconButton } from "./dom.js";
import { conversationList } from "./state.js";
import { texts } from "./texts.js";

const words = texts.keys;
let overlay = null;

function buildOverlay() {
  const key = (name) => el("kbd", {}, name);
  const row = ({ keys, does }) => [
    el("dt", {}, keys.map((together) => el("span", {}, (together === "+" ? ["+"] : together.split("+")).map(key)))),
    el("dd", {}, does),
  ];
  const group = ({ title, rows }) => el("section", {}, el("h3", { class: "label" }, title), el("dl", {}, rows.map(row)));
  const dialog = el("dialog", { class: "keys", "aria-labelledby": "keys-title" },
    el("div", { class: "keys-head" }, el("h2", { id: "keys-title" }, words.title), iconButton("close", texts.close, () => dialog.close())),
    el("div", { class: "keys-groups" }, words.groups.map(group)));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  return dialog;
}

function toggleOverlay() {
  overlay ??= buildOverlay();
  if (overlay.open) return overlay.close();
  for (const panel of document.querySelectorAll("[popover]:popover-open")) panel.hidePopover();
  return overlay.showModal();
}

function isWriting(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]") !== null;
}

// The next conversation in the order of the list, round from the last to the first; of all, or of those with something unread.
function goBy(step, { unread }) {
  const all = conversationList();
  const open = document.querySelector("#conversation-list [aria-current]")?.dataset.username;
  const here = all.findIndex((conversation) => conversation.with === open);
  for (let far = 1; far <= all.length; far += 1) {
    // From nowhere, down leads to the first and up to the last.
    const from = here < 0 && step < 0 ? all.length : here;
    const next = all[(from + step * far + 2 * all.length) % all.length];
    if (!unread || next.unread > 0) return goTo(next.with);
  }
}

// On the page of chats a row leads there without loading the page again.
function goTo(username) {
  const row = document.querySelector(`#conversation-list [data-username="${CSS.escape(username)}"]`);
  if (row) row.click();
  else location.assign(addresses.chat(username));
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  const asks = (event.key === "?" && !control && !event.altKey && !isWriting(event.target)) || (event.key === "/" && control);
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (asks) toggleOverlay();
  else if (event.altKey && !control && event.key in steps && !document.querySelector("dialog[open]")) goBy(steps[event.key], { unread: event.shiftKey });
  else return;
  event.preventDefault();
}

export function startKeys() {
  addEventListener("keydown", onKey);
  byId("keys-button").addEventListener("click", toggleOverlay);
}
