// What the page knows: everybody, and every conversation with its newest message and unread count.
// Filled from the API, kept fresh by the node's events; views listen for `users`, `user` and `conversations`.
import { api } from "./api.js";
import { emit, on } from "./bus.js";
import { session } from "./session.js";

const users = new Map();
const conversations = new Map();
// Ids whose arrival was counted, because an event may repeat.
const countedIds = new Set();
// Ids of which an event has told.
const toldIds = new Set();
let isConnected = false;
// Whether the reader is looking at the newest messages with somebody; those are read as they come.
let isWatching = () => false;

export function setWatching(test) {
  isWatching = test;
}

export function isWatched(username) {
  return isWatching(username);
}

export async function loadUsers() {
  const list = await api.users();
  users.clear();
  for (const user of list) users.set(user.username, user);
  emit("users");
}

export async function loadConversations() {
  const list = await api.conversations();
  conversations.clear();
  for (const conversation of list) conversations.set(conversation.with, conversation);
  emit("conversations");
}

// Somebody by name; a person of whom nothing is known yet is drawn as unknown.
export function userNamed(username) {
  return users.get(username) ?? { username, status: null, online: null, last_seen: null, verified: false, me: username === session.me, blocked: false, muted: false, profile: null };
}

export function otherUsers() {
  return [...users.values()].filter((user) => user.username !== session.me);
}

export function conversationWith(username) {
  return conversations.get(username) ?? null;
}

// Newest first, as the node gives them; live messages move their conversation up.
export function conversationList() {
  const newest = (conversation) => conversation.last_message?.stamp ?? 0;
  return [...conversations.values()].sort((a, b) => newest(b) - newest(a));
}

export function unreadTotal() {
  let total = 0;
  for (const conversation of conversations.values()) total += conversation.unread;
  return total;
}

// The other side of a message.
export function partnerOf(message) {
  return message.from === session.me ? message.to : message.from;
}

const ARRIVED = ["relayed", "delivered", "read"];

// The answer to a send may come after the news of its delivery; what has arrived does not go back to waiting.
export function keepReceipt(message, known) {
  const isStale = message.receipt === "pending" && message.id === known?.id && ARRIVED.includes(known.receipt);
  return isStale ? { ...message, receipt: known.receipt, travelled: known.travelled } : message;
}

// The node's answer to sending or retrying. Events come in order, and the message itself before what became of it: once one has told of it, the
// answer is old.
export function noteAnswer(message) {
  if (!isConnected || !toldIds.has(message.id)) emit("message", { message });
}

export function noteMessage(message) {
  toldIds.add(message.id);
  const partner = partnerOf(message);
  const known = conversations.get(partner) ?? { with: partner, last_message: null, unread: 0 };
  const newest = known.last_message;
  if (!newest || message.id === newest.id || message.stamp >= newest.stamp) known.last_message = keepReceipt(message, newest);
  if (message.from !== session.me && !countedIds.has(message.id) && message.id !== newest?.id) {
    countedIds.add(message.id);
    if (!isWatching(partner)) known.unread += 1;
  }
  conversations.set(partner, known);
  meetInPassing(partner);
  emit("conversations");
}

// Fetches somebody who is not in the list yet, because events carry only a part of what is known about them.
// Fails when the node has never heard of them.
export async function meet(username) {
  if (!users.has(username)) noteUser(username, await api.user(username));
}

// They stay drawn as unknown if it fails, until the list is loaded again.
function meetInPassing(username) {
  meet(username).catch(() => {});
}

function noteReceipt({ id, with: partner, receipt, failure }) {
  const newest = conversations.get(partner)?.last_message;
  if (newest?.id !== id) return;
  Object.assign(newest, { receipt, failure });
  emit("conversations");
}

function noteDeleted({ id, with: partner, unread }) {
  if (unread !== undefined) noteRead(partner, unread);
  // What is the newest message now is for the node to say. If that fails, the connection is down, and everything is fetched when it is back.
  if (conversations.get(partner)?.last_message?.id === id) loadConversations().catch(() => {});
}

export function noteRead(partner, unread) {
  const conversation = conversations.get(partner);
  if (!conversation || conversation.unread === unread) return;
  conversation.unread = unread;
  emit("conversations");
}

export function noteUser(username, changes) {
  users.set(username, { ...userNamed(username), ...changes });
  emit("user", { username });
}

// Call once, before any view listens, so that views find the state already changed.
export function followEvents() {
  on("connection", ({ up }) => {
    isConnected = up;
  });
  on("message", ({ message }) => noteMessage(message));
  on("receipt", noteReceipt);
  on("deleted", noteDeleted);
  on("read", ({ with: partner, unread }) => noteRead(partner, unread));
  on("presence", ({ username, online, status, last_seen }) => {
    meetInPassing(username);
    noteUser(username, { online, status, last_seen });
  });
  on("regard", ({ type: _, username, ...changes }) => noteUser(username, changes));
  on("profile", ({ username, profile }) => noteUser(username, { profile }));
  on("resync", () => {
    // A failed refetch shows itself as a lost connection, which leads here again.
    Promise.all([loadUsers(), loadConversations()]).catch(() => {});
  });
}
