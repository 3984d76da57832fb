// Texts on their way from this page to the node. Each is kept in the browser's storage until the node has answered that
// it is on disk, so that a reload or a broken connection loses nothing.
import { api } from "../api.js";
import { emit, on } from "../bus.js";
import { session } from "../session.js";
import { noteAnswer, partnerOf } from "../state.js";
import { recall, remember } from "../storage.js";

// How much earlier than its entry a message may be stamped and still be the same: clocks of page and node differ a little.
const CLOCK_SLACK_SECONDS = 2;

const entriesByPartner = new Map();
const lines = new Map();
let lastKey = 0;

// {key, with, text, markdown, stamp, state: "sending" | "unsent", failure, uncertain}, oldest first.
export function outboxFor(username) {
  if (!entriesByPartner.has(username)) entriesByPartner.set(username, restore(username));
  return entriesByPartner.get(username);
}

// What a closed page left behind: whether the node got it is not known.
function restore(username) {
  const stored = JSON.parse(recall(`outbox.${username}`) ?? "[]");
  return stored.map((entry) => ({ ...entry, key: nextKey(), state: "unsent", failure: null, uncertain: true }));
}

function nextKey() {
  lastKey += 1;
  return `text-${lastKey}`;
}

function changed(username) {
  const entries = outboxFor(username);
  remember(`outbox.${username}`, entries.length ? JSON.stringify(entries.map(({ text, markdown, stamp, with: partner }) => ({ text, markdown, stamp, with: partner }))) : null);
  emit("pending", { with: username });
}

export function sendText(username, text, markdown) {
  const entry = { key: nextKey(), with: username, text, markdown, stamp: Date.now() / 1000, state: "sending", failure: null, uncertain: false };
  outboxFor(username).push(entry);
  changed(username);
  deliver(entry);
}

export function retryEntry(entry) {
  Object.assign(entry, { state: "sending", failure: null });
  changed(entry.with);
  deliver(entry);
}

export function discardEntry(entry) {
  const entries = outboxFor(entry.with);
  const place = entries.indexOf(entry);
  if (place >= 0) entries.splice(place, 1);
  changed(entry.with);
}

// One after the other in each conversation, so that the node gets them in the order in which they were written.
function deliver(entry) {
  const line = (lines.get(entry.with) ?? Promise.resolve()).then(() => post(entry));
  lines.set(entry.with, line);
}

async function post(entry) {
  try {
    const message = await api.send(entry.with, entry.text, entry.markdown);
    discardEntry(entry);
    noteAnswer(message);
  } catch (error) {
    const entries = outboxFor(entry.with);
    if (!entries.includes(entry)) entries.push(entry);
    Object.assign(entry, { state: "unsent", failure: error.message, uncertain: error.unreachable === true });
    changed(entry.with);
  }
}

// The event of one's own message may come before the answer to the call that sent it; it stands for the entry then.
on("message", ({ message }) => {
  if (message.from !== session.me) return;
  const entry = outboxFor(partnerOf(message)).find(({ state, text, markdown }) => state === "sending" && text === message.text && markdown === message.markdown);
  if (entry) discardEntry(entry);
});

// After a gap: drops the uncertain entries that the node turns out to have, and sends the others again.
export function settleWith(username, messages) {
  for (const entry of outboxFor(username).filter(({ state, uncertain }) => state === "unsent" && uncertain)) {
    const arrived = messages.some((message) => message.from === session.me && message.text === entry.text && message.stamp >= entry.stamp - CLOCK_SLACK_SECONDS);
    if (arrived) discardEntry(entry);
    else retryEntry(entry);
  }
}
