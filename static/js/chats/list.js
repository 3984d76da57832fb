// The left pane: conversations, newest first, then those who are online and were never talked to.
import { addresses } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { on } from "../bus.js";
import { byId, el, icon, setChildren, stateView, syncChildren } from "../dom.js";
import { markPresence, presenceOf, presenceSentence, whileAgesGrow } from "../presence.js";
import { plainWords } from "../richtext.js";
import { session } from "../session.js";
import { conversationList, conversationWith, loadConversations, loadUsers, otherUsers, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { fullTime, shortTime } from "../time.js";
import { draftFor } from "./drafts.js";
import { fileIcon } from "./file-kinds.js";
import { receiptTick } from "./receipts.js";

// One frame.
const NEWS_DELAY_MS = 16;
// Whom one never talked to is a hint, not a directory; the page of people has all.
const MOST_STRANGERS = 30;

const words = texts.list;
const container = byId("conversation-list");
const conversations = el("div", { class: "rows" });
const strangers = el("div", { class: "rows" });
const conversationsLabel = el("h2", { class: "label" }, words.conversations);
const strangersLabel = el("h2", { class: "label" }, words.notTalkedTo);
const emptyHint = el("div");
const allPeople = el("a", { class: "link-button more-people", href: "/people" }, words.allPeople);
let openUsername = null;

function buildRow({ username }) {
  return el("a", { class: "row", href: addresses.chat(username) });
}

// Parsing a message for its words is worth doing once.
const previews = new WeakMap();

function previewOf(message) {
  if (message.file) return [icon(fileIcon(message.file), "icon small"), message.file.name];
  if (!previews.has(message)) previews.set(message, plainWords(message.html));
  return previews.get(message);
}

// What was begun to somebody else than the one whose conversation is open: there it stands in the field.
function draftOf(username) {
  const text = username === openUsername ? "" : draftFor(username).text.trim();
  return text && [el("b", { class: "draft" }, words.draft), " ", text];
}

function updateConversation(row, { username, conversation }) {
  const user = userNamed(username);
  const message = conversation.last_message;
  const mine = message?.from === session.me;
  markPresence(row, user);
  markOpen(row, username);
  setChildren(
    row,
    avatar(user),
    el("b", {}, displayName(user)),
    message && el("time", { title: fullTime(message.stamp) }, shortTime(message.stamp)),
    el("p", {}, draftOf(username) || (message ? [mine && receiptTick(message.receipt), previewOf(message)] : presenceSentence(user))),
    conversation.unread > 0 && el("span", { class: "count", "aria-label": texts.unread(conversation.unread) }, String(conversation.unread)),
  );
  row.classList.toggle("unread", conversation.unread > 0);
}

function updateStranger(row, { username }) {
  const user = userNamed(username);
  markPresence(row, user);
  markOpen(row, username);
  setChildren(row, avatar(user), el("b", {}, displayName(user)), el("p", {}, user.profile?.location || user.profile?.position || presenceSentence(user)));
}

function markOpen(row, username) {
  if (username === openUsername) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
}

function render() {
  const talkedTo = conversationList().map((conversation) => ({ username: conversation.with, conversation }));
  const notTalkedTo = otherUsers()
    .filter((user) => presenceOf(user).online === "true" && !conversationWith(user.username))
    .sort((a, b) => displayName(a).localeCompare(displayName(b)));
  const key = ({ username }) => username;
  syncChildren(conversations, talkedTo, { key, build: buildRow, update: updateConversation });
  syncChildren(strangers, notTalkedTo.slice(0, MOST_STRANGERS), { key, build: buildRow, update: updateStranger });
  conversationsLabel.hidden = talkedTo.length === 0;
  strangersLabel.hidden = notTalkedTo.length === 0;
  allPeople.hidden = notTalkedTo.length <= MOST_STRANGERS;
  const hint = talkedTo.length > 0 ? null : stateView({
    iconName: "chats", title: words.empty, text: words.emptyHint, small: true,
    action: el("a", { class: "button", href: "/people" }, words.allPeople),
  });
  setChildren(emptyHint, hint);
}

// Shows the list once both halves are there; from then on it follows the news.
export async function startList() {
  try {
    await Promise.all([loadUsers(), loadConversations()]);
  } catch (error) {
    const again = el("button", { type: "button", class: "button", onclick: startList }, icon("retry"), texts.tryAgain);
    setChildren(container, stateView({ iconName: "alert", title: words.broken, text: error.message, action: again }));
    return;
  }
  setChildren(container, conversationsLabel, conversations, emptyHint, strangersLabel, strangers, allPeople);
  render();
}

// Much news at once, as after a reconnection, is drawn once.
let isDue = false;
function renderSoon() {
  if (isDue || !conversations.isConnected) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    render();
  }, NEWS_DELAY_MS);
}

on("users", renderSoon);
on("user", renderSoon);
on("conversations", renderSoon);
on("draft_changed", renderSoon);
whileAgesGrow(renderSoon);

export function setOpenConversation(username) {
  const left = openUsername;
  openUsername = username;
  if (conversations.isConnected) render();
  // Back on a phone: the reader finds the row again that they came from.
  if (!username && left) conversations.querySelector(`[data-username="${CSS.escape(left)}"]`)?.focus();
}
