// The middle pane: opens a conversation, keeps it fresh, loads older messages, and marks as read what was seen.
import { api } from "../api.js";
import { displayName } from "../avatar.js";
import { on } from "../bus.js";
import { byId, setChildren } from "../dom.js";
import { whileAgesGrow } from "../presence.js";
import { session } from "../session.js";
import { conversationWith, meet, noteRead, partnerOf, setWatching, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { setSubject } from "../title.js";
import { composeFor, focusComposer, startComposer } from "./composer.js";
import { setDetailsAvailable, showDetails, startDetails } from "./details.js";
import { MessageLog } from "./log.js";
import { settleWith } from "./outbox.js";
import { showPendingOf } from "./pending.js";
import { Scroller } from "./scroll.js";
import { showHead, showTravel } from "./talk-head.js";
import { beginning, firstMessageHint, loading, notLoaded, nothingChosen, olderNotLoaded, unknownPerson } from "./talk-states.js";

const PAGE_SIZE = 50;
const LARGEST_PAGE = 200;

const words = texts.talk;
const top = byId("log-top");
const log = new MessageLog(byId("log"));
const scroller = new Scroller(byId("log-scroll"), [byId("log"), byId("log-pending")], onMove);

// Older messages are fetched before the reader comes to the top.
const edgeObserver = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && loadOlder(), { root: byId("log-scroll"), rootMargin: "800px 0px 0px" });

// The stay in one conversation; a new object each time, so that answers to an earlier one are recognised and dropped.
let visit = null;

function newVisit(username) {
  return {
    username,
    isLoaded: false,
    // Messages that came before the first page did.
    early: [],
    // The cursor of the next older page, null when there is none.
    before: null,
    isLoadingOlder: false,
    // New messages below what the reader looks at.
    newBelow: 0,
    // The newest message that the node was told was read.
    markedId: null,
    isMarking: false,
  };
}

export function openUsername() {
  return visit?.username ?? null;
}

// Opens the conversation with somebody, or none. People and unread counts are known by then.
export function openConversation(username) {
  visit = username ? newVisit(username) : null;
  log.clear();
  showPendingOf(username);
  showJump();
  if (!username) {
    setSubject(words.noneOpen);
    showInstead(nothingChosen());
    return;
  }
  showInstead(null);
  showAround();
  composeFor(username);
  focusComposer();
  loadNewest(visit);
}

// Shows a state in place of head, log, composer and details; with null it shows those again.
function showInstead(state) {
  for (const id of ["talk-head", "log-wrap", "composer"]) byId(id).hidden = state !== null;
  byId("talk-none").hidden = state === null;
  setChildren(byId("talk-none"), state);
  setDetailsAvailable(state === null);
}

async function loadNewest(current) {
  setChildren(top, loading());
  try {
    await meet(current.username);
    const unread = conversationWith(current.username)?.unread ?? 0;
    const page = await api.messages(current.username, { limit: Math.min(LARGEST_PAGE, Math.max(PAGE_SIZE, unread + 10)) });
    if (visit !== current) return;
    showFirstPage(page, unread);
  } catch (error) {
    if (visit !== current) return;
    if (error.status === 404) showInstead(unknownPerson(current.username));
    else setChildren(top, notLoaded(error, () => loadNewest(current)));
  }
}

function showFirstPage({ messages, before }, unread) {
  visit.before = before;
  visit.isLoaded = true;
  quietly(() => {
    log.prependPage(messages);
    for (const message of visit.early) log.put(message);
  });
  const oldestUnread = messages.filter(({ from }) => from !== session.me).slice(0, unread).at(-1);
  const newLine = oldestUnread ? log.markNewFrom(oldestUnread.id) : null;
  showTop();
  showAround();
  scroller.toEnd();
  if (newLine) scroller.toElement(newLine);
  settleWith(visit.username, messages);
  markSeen();
  watchEdge();
}

// Looks again whether the top is near, because an observer only tells of changes.
function watchEdge() {
  edgeObserver.unobserve(byId("log-edge"));
  edgeObserver.observe(byId("log-edge"));
}

// Above the oldest message: nothing while there are more, else where it all begins.
function showTop() {
  const user = userNamed(visit.username);
  if (visit.before !== null) setChildren(top);
  else setChildren(top, log.isEmpty ? firstMessageHint(user) : beginning(user));
}

// Title, head and details, which speak of the newest message too.
function showAround() {
  if (!visit) return;
  setSubject(displayName(userNamed(visit.username)));
  showHead(visit.username);
  showTravel(log.newest()?.travelled);
  showDetails(visit.username, visit.isLoaded ? [...log.messages()] : null);
}

// Many messages at once are not read out one by one.
function quietly(change) {
  byId("log").setAttribute("aria-busy", "true");
  change();
  byId("log").removeAttribute("aria-busy");
}

async function loadOlder() {
  const current = visit;
  if (!current?.isLoaded || current.before === null || current.isLoadingOlder) return;
  current.isLoadingOlder = true;
  try {
    const page = await api.messages(current.username, { before: current.before, limit: PAGE_SIZE });
    if (visit !== current) return;
    current.before = page.before;
    scroller.keepPlace(() => {
      quietly(() => log.prependPage(page.messages));
      showTop();
    });
    watchEdge();
  } catch {
    if (visit === current) setChildren(top, olderNotLoaded(loadOlder));
  } finally {
    current.isLoadingOlder = false;
  }
}

function showMessage(message) {
  if (partnerOf(message) !== openUsername()) return;
  if (!visit.isLoaded) {
    visit.early.push(message);
    return;
  }
  const { oldest } = log;
  // It belongs to a page that is not loaded yet, and will come with it.
  if (visit.before !== null && oldest && message.stamp < oldest.stamp && !log.has(message.id)) return;
  const wasAtEnd = scroller.atEnd;
  const isNew = log.put(message);
  if (isNew && message.from !== session.me && !(wasAtEnd && isLookedAt())) {
    if (!log.hasNewLine) log.markNewFrom(message.id);
    visit.newBelow += 1;
  }
  showTop();
  showAround();
  if (wasAtEnd) scroller.toEnd();
  showJump();
  markSeen({ isNews: isNew });
}

// After a gap: what was missed, and what changed in the newest page.
async function refetch() {
  const current = visit;
  if (!current?.isLoaded) return;
  try {
    const page = await api.messages(current.username, { limit: PAGE_SIZE });
    if (visit !== current) return;
    const isGap = !log.isEmpty && !page.messages.some(({ id }) => log.has(id));
    if (isGap) {
      log.clear();
      current.before = page.before;
    }
    for (const message of page.messages.toReversed()) showMessage(message);
    settleWith(current.username, page.messages);
  } catch {
    // The connection is down again; the next one leads here again.
  }
}

function isLookedAt() {
  return document.visibilityState === "visible";
}

function isAtNewest(username) {
  return visit !== null && username === visit.username && visit.isLoaded && scroller.atEnd && isLookedAt();
}

// Tells the node what was seen. While one call is under way, newer messages wait for it and go together.
async function markSeen({ isNews = false } = {}) {
  const current = visit;
  if (!isAtNewest(current?.username)) return;
  if (!isNews && !conversationWith(current.username)?.unread) return;
  const newest = log.newest(({ from }) => from !== session.me);
  if (!newest || newest.id === current.markedId) return;
  current.markedId = newest.id;
  if (current.isMarking) return;
  current.isMarking = true;
  try {
    let sent = null;
    while (sent !== current.markedId) {
      sent = current.markedId;
      const { unread } = await api.markRead(current.username, sent);
      if (sent === current.markedId) noteRead(current.username, unread);
    }
  } catch {
    // Not marked is harmless: the next message or visit marks both.
    current.markedId = null;
  } finally {
    current.isMarking = false;
  }
}

function onMove(atEnd) {
  if (atEnd && visit) visit.newBelow = 0;
  showJump();
  if (atEnd) markSeen();
}

function showJump() {
  byId("jump").hidden = !visit?.isLoaded || scroller.atEnd;
  byId("jump-words").textContent = visit?.newBelow ? words.newBelow(visit.newBelow) : "";
  byId("jump").setAttribute("aria-label", visit?.newBelow ? words.newBelow(visit.newBelow) : words.toNewest);
}

export function startConversation() {
  startDetails();
  startComposer(() => {
    log.unmarkNew();
    scroller.toEnd();
  });
  byId("jump").addEventListener("click", () => scroller.toEnd());
  setWatching(isAtNewest);
  document.addEventListener("visibilitychange", () => markSeen());
  on("message", ({ message }) => showMessage(message));
  on("receipt", ({ id, receipt, failure, travelled }) => {
    log.setReceipt(id, receipt, failure, travelled);
    if (visit) showTravel(log.newest()?.travelled);
  });
  on("conversations", () => markSeen());
  on("users", showAround);
  on("user", ({ username }) => username === openUsername() && showAround());
  on("resync", refetch);
  whileAgesGrow(showAround);
}
