// What is known about somebody being there, in one word, in a sentence, and as a dot. Not known is never drawn as off.
import { el } from "./dom.js";
import { texts } from "./texts.js";
import { age } from "./time.js";

const KINDS = { Online: "online", Idle: "idle", Away: "away", "Do Not Disturb": "busy", Offline: "offline", Unknown: "unknown" };

// {word, kind, online}: the status word, the look of its dot, and "true", "false" or "unknown".
export function presenceOf(user) {
  let word = "Unknown";
  if (user.online === true) word = user.status ?? "Online";
  else if (user.online === false) word = "Offline";
  return { word, kind: KINDS[word] ?? "online", online: String(user.online ?? "unknown") };
}

// 'Away', 'Unknown, last seen 40 min ago', 'Offline, last seen yesterday at 14:07'
export function presenceSentence(user) {
  const { word } = presenceOf(user);
  if (user.online === true) return texts.presence[word] ?? word;
  const seen = user.last_seen ? texts.presence.lastSeen(age(user.last_seen)) : null;
  const known = texts.presence[word] ?? word;
  return seen ? `${known}, ${seen}` : known;
}

export function presenceDot(kind) {
  return el("i", { class: "dot", dataset: { presence: kind } });
}

// Puts the facts on an element where styles and tests find them.
export function markPresence(element, user) {
  const { word, online } = presenceOf(user);
  element.dataset.username = user.username;
  element.dataset.status = word;
  element.dataset.online = online;
}

// Ages grow while nothing happens; calls `refresh` every half minute while the page is looked at.
export function whileAgesGrow(refresh) {
  setInterval(() => {
    if (document.visibilityState === "visible") refresh();
  }, 30_000);
}
