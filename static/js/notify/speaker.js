// Which tab tells of a message, so that only one does: one that is looked at rather than one in the background, the one used last among
// several. Each tab that hears of the message offers itself; after a moment all know the same offers and come to the same answer.
import { hearTabs, tellTabs } from "./tabs.js";

const OFFERS_MS = 200;
// Nobody asks for a message again after that many others.
const MOST_REMEMBERED = 200;

const own = Math.random();
let usedAt = document.hasFocus() ? Date.now() : 0;
const rounds = new Map();

function roundOf(id) {
  if (!rounds.has(id)) rounds.set(id, { offers: [], isOver: false });
  if (rounds.size > MOST_REMEMBERED) rounds.delete(rounds.keys().next().value);
  return rounds.get(id);
}

function isBetter(one, other) {
  if (one.seen !== other.seen) return one.seen;
  return one.usedAt === other.usedAt ? one.tab > other.tab : one.usedAt > other.usedAt;
}

// Resolves to whether this tab is to tell of the message `id`. Nobody tells of what one tab shows anyway.
export async function isToSpeak(id, { isWatched }) {
  const round = roundOf(id);
  if (round.isOver) return false;
  const offer = { tab: own, seen: document.visibilityState === "visible", usedAt, isWatched };
  tellTabs("offer", { id, offer });
  await new Promise((resolve) => setTimeout(resolve, OFFERS_MS));
  if (round.isOver) return false;
  round.isOver = true;
  return !isWatched && round.offers.every((other) => !other.isWatched && isBetter(offer, other));
}

export function startSpeaking() {
  hearTabs("offer", ({ id, offer }) => {
    const round = roundOf(id);
    round.offers.push(offer);
    // Whoever asks late is told that this was decided.
    if (round.isOver) tellTabs("decided", { id });
  });
  hearTabs("decided", ({ id }) => {
    roundOf(id).isOver = true;
  });
  addEventListener("focus", () => {
    usedAt = Date.now();
  });
}
