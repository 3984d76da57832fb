// The WebSocket to the node: hands its events to the bus, and comes back by itself after every kind of gap.
import { ApiError, api } from "./api.js";
import { emit, on } from "./bus.js";
import { session } from "./session.js";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
// A timer that fires this late means that the computer slept, and the old connection is likely dead.
const SLEEP_GAP_MS = 20_000;
const HEARTBEAT_MS = 5_000;
// How long a page waits for the connection before it shows what it can without one.
const FIRST_CONTACT_MS = 1_000;

let socket = null;
let attempts = 0;
let timer = null;
let wasOpen = false;
// Counts the attempts, so that of two at once only the later one connects.
let attemptId = 0;

// Resolves when the connection stands or has failed once. What is fetched after that misses no event:
// news from before is in the answer, news from then on comes through the connection.
export function startLive() {
  // Without the address of this page: the next to log in here may be somebody else.
  on("signed_out", () => location.assign("/login"));
  addEventListener("online", reconnectNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    if (isOpen()) checkSession().catch(() => {});
    else reconnectNow();
  });
  watchForSleep();
  connect();
  return new Promise((resolve) => {
    on("connection", resolve);
    setTimeout(resolve, FIRST_CONTACT_MS);
  });
}

function isOpen() {
  return socket?.readyState === WebSocket.OPEN;
}

function connect() {
  clearTimeout(timer);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const opened = new WebSocket(`${scheme}//${location.host}/api/ws`);
  socket = opened;
  opened.addEventListener("open", () => {
    attempts = 0;
    emit("connection", { up: true });
    if (wasOpen) emit("resync");
    wasOpen = true;
  });
  opened.addEventListener("message", (event) => {
    if (socket !== opened) return;
    const news = JSON.parse(event.data);
    emit(news.type, news);
  });
  opened.addEventListener("close", () => {
    if (socket !== opened) return;
    emit("connection", { up: false });
    retryLater();
  });
}

function retryLater() {
  clearTimeout(timer);
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempts);
  attempts += 1;
  // Half fixed, half chance, so that the tabs of a restarted node do not all come at once.
  timer = setTimeout(checkAndConnect, longest / 2 + Math.random() * longest / 2);
}

// Whether this page still belongs to the one who is signed in; in another tab somebody else may have logged in since.
async function checkSession() {
  const { username, csrf_token: csrfToken, login_server: loginServer } = await api.session();
  if (username !== session.me) {
    location.assign("/");
    return;
  }
  session.csrfToken = csrfToken;
  emit("login_server", loginServer);
}

// A refused WebSocket says nothing about why; asking for the session tells 'signed out' from 'not there'.
async function checkAndConnect() {
  attemptId += 1;
  const thisAttempt = attemptId;
  try {
    await checkSession();
    if (thisAttempt !== attemptId) return;
    // What happened in the gap is fetched even if no connection stood before it.
    wasOpen = true;
    connect();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401 || thisAttempt !== attemptId) return;
    emit("connection", { up: false });
    retryLater();
  }
}

function reconnectNow() {
  clearTimeout(timer);
  attempts = 0;
  const old = socket;
  socket = null;
  old?.close();
  checkAndConnect();
}

function watchForSleep() {
  let last = Date.now();
  setInterval(() => {
    const now = Date.now();
    if (now - last > SLEEP_GAP_MS) reconnectNow();
    last = now;
  }, HEARTBEAT_MS);
}
