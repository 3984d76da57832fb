// What was begun and not sent, to each person: kept on the node, so that it is there after a reload, in another browser and after a restart.
// Until the node has it, this browser's storage does.
import { api } from "../api.js";
import { emit, on } from "../bus.js";
import { recall, remember } from "../storage.js";

// While one writes, the node is told this often at the most.
const PAUSE_MS = 800;
// By this the page knows its own changes when the node tells all tabs of them.
const TAB = crypto.getRandomValues(new Uint32Array(2)).join("-");
const NOTHING = { text: "", replyTo: null };

// {text, replyTo} by user name: what stands in the field, and what the node has.
const written = new Map();
const stored = new Map();
const timers = new Map();
const saving = new Set();

const isSame = (one, other) => one.text === other.text && one.replyTo === other.replyTo;
const isUnsaved = (username) => !isSame(draftFor(username), stored.get(username) ?? NOTHING);

export function draftFor(username) {
  return written.get(username) ?? NOTHING;
}

// `replyTo` is the id of the message that is being answered, or null.
export function keepDraft(username, draft) {
  written.set(username, draft);
  backUp(username);
  saveSoon(username);
}

export function dropDraft(username) {
  written.set(username, NOTHING);
  backUp(username);
  save(username);
}

function backUp(username) {
  remember(`draft.${username}`, isUnsaved(username) ? JSON.stringify(draftFor(username)) : null);
}

function saveSoon(username) {
  if (timers.has(username) || !isUnsaved(username)) return;
  timers.set(username, setTimeout(save, PAUSE_MS, username));
}

// One call at a time for each person, so that an older text never comes after a newer one.
async function save(username) {
  clearTimeout(timers.get(username));
  timers.delete(username);
  if (saving.has(username) || !isUnsaved(username)) return;
  saving.add(username);
  const draft = draftFor(username);
  try {
    await api.keepDraft(username, { text: draft.text, reply_to: draft.replyTo, tab: TAB });
    stored.set(username, draft);
    backUp(username);
  } catch {
    // Too long, or no connection: the storage of this browser has it, and the next change or connection tries again.
    return;
  } finally {
    saving.delete(username);
  }
  saveSoon(username);
}

function take({ with: username, text, reply_to: replyTo }) {
  const isOurs = isUnsaved(username);
  stored.set(username, { text, replyTo });
  // Who is writing here goes on with what is here.
  if (isOurs) return;
  written.set(username, { text, replyTo });
  emit("draft_changed", { with: username });
}

// What this browser had not told the node yet when the page was left.
function recover(username) {
  const kept = recall(`draft.${username}`);
  if (!kept) return;
  try {
    const { text = kept, replyTo = null } = JSON.parse(kept);
    written.set(username, { text, replyTo });
  } catch {
    // As it was kept before the node kept drafts.
    written.set(username, { text: kept, replyTo: null });
  }
  saveSoon(username);
}

async function load() {
  const kept = new Map((await api.drafts()).map((draft) => [draft.with, draft]));
  for (const username of stored.keys()) if (!kept.has(username)) take({ with: username, text: "", reply_to: null });
  for (const draft of kept.values()) take(draft);
}

// Resolves when it is known what was begun, or cannot be known now.
export async function startDrafts() {
  on("draft", ({ draft, tab }) => tab !== TAB && take(draft));
  on("resync", () => {
    load().catch(() => {});
    for (const username of written.keys()) save(username);
  });
  addEventListener("pagehide", () => {
    for (const username of timers.keys()) save(username);
  });
  try {
    await load();
  } catch {
    // What this browser has is better than nothing, and the next connection loads again.
  }
}

export function recoverDraft(username) {
  if (!written.has(username) || !isUnsaved(username)) recover(username);
  return draftFor(username);
}
