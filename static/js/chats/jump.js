// The buttons over the log: down to the newest message, and up to the first one that was not read.
import { byId } from "../dom.js";
import { texts } from "../texts.js";

const words = texts.talk;
const box = byId("log-scroll");
const up = byId("jump-unread");
let newLine = null;

// The line above the first new message is out of sight, towards the top.
const observer = new IntersectionObserver((entries) => {
  const { isIntersecting, boundingClientRect, rootBounds } = entries.at(-1);
  up.hidden = isIntersecting || !newLine?.isConnected || boundingClientRect.bottom > (rootBounds?.top ?? 0);
}, { root: box });

// `line` is the line of new messages, null when there is none any more.
export function watchUnread(line) {
  if (line === newLine) return;
  observer.disconnect();
  newLine = line;
  up.hidden = true;
  if (line) observer.observe(line);
}

export function showJumpDown({ isShown, isInPast, newBelow }) {
  const news = newBelow ? words.newBelow(newBelow) : "";
  byId("jump").hidden = !isShown;
  byId("jump-words").textContent = news || (isInPast ? words.backToNewest : "");
  byId("jump").setAttribute("aria-label", news || words.toNewest);
}

// `toNewest` and `toElement` bring the reader there.
export function startJumps({ toNewest, toElement }) {
  byId("jump").addEventListener("click", toNewest);
  up.addEventListener("click", () => newLine && toElement(newLine));
}
