// The middle pane: opens a conversation at its end or at a message, keeps it fresh, and marks as read what was seen.
import { addresses, api } from "../api.js";
import { displayName } from "../avatar.js";
import { on } from "../bus.js";
import { byId, setChildren } from "../dom.js";
import { whileAgesGrow } from "../presence.js";
import { session } from "../session.js";
import { conversationWith, meet, partnerOf, setWatching, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { setSubject } from "../title.js";
import { composeFor, focusComposer, startComposer } from "./composer.js";
import { setDetailsAvailable, showDetails, startDetails } from "./details.js";
import { Edge, PAGE_SIZE } from "./edge.js";
import { firstPage } from "./first-page.js";
import { showJumpDown, startJumps, watchUnread } from "./jump.js";
import { MessageLog } from "./log.js";
import { settleWith } from "./outbox.js";
import { showPendingOf } from "./pending.js";
import { markReadUpTo } from "./read-mark.js";
import { Scroller } from "./scroll.js";
import { showHead, showTravel } from "./talk-head.js";
import { beginning, firstMessageHint, loading, newerNotLoaded, notLoaded, nothingChosen, olderNotLoaded, unknownPerson } from "./talk-states.js";
import { newVisit } from "./visit.js";
import { focusNewestMessage, startWalking, stepAside } from "./walking.js";

// What is further away than this is dropped and fetched again on the way back, so that a long conversation stays as quick as a short one.
const MOST_SHOWN = 300;

const words = texts.talk;
const top = byId("log-top");
const bottom = byId("log-bottom");
const log = new MessageLog(byId("log"));
const scroller = new Scroller(byId("log-scroll"), [byId("log"), byId("log-pending")], onMove);

const visitNow = () => visit;
const olderEdge = new Edge(byId("log-edge"), "before", { visitNow, show: showOlder, showBroken: (again) => setChildren(top, olderNotLoaded(again)) });
const newerEdge = new Edge(bottom, "after", { visitNow, show: showNewer, showBroken: (again) => setChildren(bottom, newerNotLoaded(again)) });

// The stay in the open conversation.
let visit = null;

export function openUsername() {
  return visit?.username ?? null;
}

// Opens the conversation with somebody, at the message with the id `at`, at the first that was not read, or at its end; or none. People and unread counts
// are known by then.
export function openConversation(username, at = null, { isForEnd = false } = {}) {
  visit = username ? newVisit(username, at, isForEnd) : null;
  scroller.follows = true;
  log.clear();
  setChildren(bottom);
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
  if (!at) focusComposer();
  load(visit);
}

// Shows a state in place of head, log, composer and details; with null it shows those again.
function showInstead(state) {
  for (const id of ["talk-head", "log-wrap", "composer"]) byId(id).hidden = state !== null;
  byId("talk-none").hidden = state === null;
  setChildren(byId("talk-none"), state);
  setDetailsAvailable(state === null);
}

async function load(current) {
  setChildren(top, loading());
  try {
    await meet(current.username);
    const unread = conversationWith(current.username)?.unread ?? 0;
    const page = await firstPage(current, unread);
    if (visit !== current) return;
    if (page.after === null && !current.at) showFirstPage(page, unread);
    else showFoundPage(page);
  } catch (error) {
    if (visit !== current) return;
    if (error.status === 404) showInstead(unknownPerson(current.username));
    else setChildren(top, notLoaded(error, () => load(current)));
  }
}

// The message that was looked for, or the first that was not read, with what was said round it.
function showFoundPage({ messages, before, after, around }) {
  Object.assign(visit, { before, after, isLoaded: true });
  scroller.follows = after === null;
  quietly(() => log.prependPage(messages));
  if (after === null) for (const message of visit.early) log.put(message);
  showTop();
  showAround();
  scroller.toElement(visit.at ? log.point(visit.at) : log.markNewFrom(around));
  showJump();
  olderEdge.watch();
  newerEdge.watch();
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
  if (newLine && !visit.isForEnd) scroller.toElement(newLine);
  showJump();
  settleWith(visit.username, messages);
  markSeen();
  olderEdge.watch();
}

// Above the oldest message: nothing while there are more, else where it all begins.
function showTop() {
  const user = userNamed(visit.username);
  if (visit.before !== null) setChildren(top);
  else setChildren(top, log.isEmpty ? firstMessageHint(user) : beginning(user));
}

// Title, head and details, which speak of how the newest message travelled: of one that waits, nobody knows yet how it will.
function showAround() {
  if (!visit) return;
  const travelled = log.newest(({ receipt }) => receipt !== "pending")?.travelled;
  setSubject(displayName(userNamed(visit.username)));
  showHead(visit.username);
  showTravel(travelled);
  showDetails(visit.username, visit.isLoaded ? [...log.messages()] : null, travelled);
}

// Many messages at once are not read out one by one.
function quietly(change) {
  byId("log").setAttribute("aria-busy", "true");
  change();
  byId("log").removeAttribute("aria-busy");
}

function showOlder(messages) {
  scroller.keepPlace(() => {
    quietly(() => log.prependPage(messages));
    showTop();
  });
  if (!log.dropNewest(MOST_SHOWN)) return;
  visit.after = log.newest().id;
  scroller.follows = false;
  newerEdge.watch();
  showJump();
}

function showNewer(messages) {
  setChildren(bottom);
  scroller.keepPlace(() => {
    quietly(() => {
      for (const message of messages.toReversed()) log.put(message);
    });
    if (!log.dropOldest(MOST_SHOWN)) return;
    visit.before = log.oldest.id;
    showTop();
    olderEdge.watch();
  });
  scroller.follows = visit.after === null;
  showAround();
  showJump();
  markSeen();
}

// Leaves the past: the conversation as it is now.
function toNewest() {
  if (visit?.after === null) {
    scroller.toEnd();
    return;
  }
  history.replaceState(null, "", addresses.chat(visit.username));
  openConversation(visit.username, null, { isForEnd: true });
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
  if (visit.after !== null && !log.has(message.id)) {
    if (message.from !== session.me) visit.newBelow += 1;
    showJump();
    return;
  }
  const wasAtEnd = scroller.atEnd;
  const isNew = log.put(message);
  if (isNew && message.from !== session.me && !(wasAtEnd && isLookedAt())) {
    if (!log.newLine) log.markNewFrom(message.id);
    visit.newBelow += 1;
  }
  showTop();
  showAround();
  if (wasAtEnd) scroller.toEnd();
  showJump();
  markSeen({ isNews: isNew });
}

function forget(id) {
  if (!log.has(id)) return;
  stepAside(id);
  log.remove(id);
  showTop();
  showAround();
}

// After a gap: what was missed, and what changed in the newest page.
async function refetch() {
  const current = visit;
  // In the past, newer pages are fetched on the way down anyway.
  if (!current?.isLoaded || current.after !== null) return;
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
  return visit !== null && username === visit.username && visit.isLoaded && visit.after === null && scroller.atEnd && isLookedAt();
}

function markSeen({ isNews = false } = {}) {
  if (!isAtNewest(visit?.username)) return;
  if (!isNews && !conversationWith(visit.username)?.unread) return;
  const newest = log.newest(({ from }) => from !== session.me);
  if (newest) markReadUpTo(visit, newest.id);
}

function onMove(atEnd) {
  if (atEnd && visit?.after === null) visit.newBelow = 0;
  showJump();
  if (atEnd) markSeen();
}

function showJump() {
  const isInPast = Boolean(visit?.after);
  showJumpDown({ isShown: Boolean(visit?.isLoaded) && (isInPast || !scroller.atEnd), isInPast, newBelow: visit?.newBelow ?? 0 });
  watchUnread(log.newLine);
}

export function startConversation() {
  startDetails();
  startWalking(log);
  startComposer(() => {
    log.unmarkNew();
    toNewest();
  }, focusNewestMessage);
  startJumps({ toNewest, toElement: (element) => scroller.toElement(element) });
  setWatching(isAtNewest);
  document.addEventListener("visibilitychange", () => markSeen());
  on("message", ({ message }) => showMessage(message));
  on("receipt", (news) => {
    log.setReceipt(news);
    if (news.id === log.newest()?.id) showAround();
  });
  on("deleted", ({ id }) => forget(id));
  on("conversations", () => markSeen());
  on("users", showAround);
  on("user", ({ username }) => username === openUsername() && showAround());
  on("resync", refetch);
  whileAgesGrow(showAround);
}
