// Whether somebody is there: tells the node when nobody has touched this browser for a while, and when somebody does again. Tabs share what
// they know, and one of them tells it.
import { api } from "./api.js";
import { on } from "./bus.js";
import { hearTabs, tellTabs } from "./notify/tabs.js";
import { preferences } from "./preferences.js";
import { session } from "./session.js";
import { userNamed } from "./state.js";

const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
const LOOK_EVERY_MS = 5_000;
// Other tabs need not know of every touch.
const SHARE_EVERY_MS = 5_000;

let touchedAt = Date.now();
let sharedAt = 0;
let isIdle = false;

// If the node does not hear it, the next look finds it still to be told.
async function report(idle) {
  isIdle = idle;
  tellTabs("activity", { touchedAt, isIdle });
  try {
    await api.reportActivity(idle);
  } catch {
    isIdle = !idle;
  }
}

function touched() {
  touchedAt = Date.now();
  if (isIdle) report(false);
  if (touchedAt - sharedAt < SHARE_EVERY_MS) return;
  sharedAt = touchedAt;
  tellTabs("activity", { touchedAt, isIdle });
}

function look() {
  const limitMs = preferences().idle_after_min * 60_000;
  const idle = limitMs > 0 && Date.now() - touchedAt >= limitMs;
  if (idle !== isIdle) report(idle);
}

export function startActivity() {
  for (const touch of TOUCHES) addEventListener(touch, touched, { passive: true });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && touched());
  hearTabs("activity", (news) => {
    touchedAt = Math.max(touchedAt, news.touchedAt);
    isIdle = news.isIdle;
  });
  setInterval(look, LOOK_EVERY_MS);
  on("preferences", look);
  // The node forgets who is idle with the connection.
  on("resync", () => isIdle && report(true));
  // To open a page is a touch, too.
  if (userNamed(session.me).status === "Idle") report(false);
}
