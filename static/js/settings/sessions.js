// The browsers in which the reader is signed in, and the way to sign out in any of them.
import { api } from "../api.js";
import { on } from "../bus.js";
import { byId, el, icon, stateView, syncChildren, whileBusy } from "../dom.js";
import { whileAgesGrow } from "../presence.js";
import { texts } from "../texts.js";
import { age, fullTime } from "../time.js";

const words = texts.settings;
const list = el("ul", { class: "plain-list" });
const container = byId("sessions-list");
let sessions = [];

function nameOf({ name, system }) {
  if (name && system) return words.browserOn(name, system);
  return name ?? system ?? words.otherProgram;
}

function usedWords({ this: isThis, open, last_used: used }) {
  if (isThis) return words.thisBrowser;
  return open ? words.openNow : words.lastUsed(age(used));
}

function buildRow(session) {
  const name = nameOf(session.browser);
  const note = el("small", { class: "error", role: "alert" });
  const signOut = el("button", { type: "button", class: "button", "aria-label": session.this ? words.signOutHere : words.signOutNamed(name) },
    icon("sign-out"), session.this ? words.signOutHere : words.signOutThere);
  signOut.addEventListener("click", async () => {
    try {
      await whileBusy(signOut, () => api.endSession(session.id));
      if (session.this) location.assign("/login");
      else await load();
    } catch (error) {
      note.textContent = error.message;
    }
  });
  return el("li", { class: "setting-person session", dataset: { this: session.this } },
    el("span", { title: words.since(fullTime(session.created)) }, icon("system"),
      el("span", { class: "session-words" }, el("b", {}, name), el("small", { class: "session-used" }), note)),
    signOut);
}

function updateRow(row, session) {
  row.dataset.open = session.open;
  row.querySelector(".session-used").textContent = usedWords(session);
}

function show() {
  syncChildren(list, sessions, { key: ({ id }) => id, build: buildRow, update: updateRow });
  if (!list.isConnected) container.replaceChildren(list);
}

async function load() {
  try {
    sessions = await api.sessions();
    show();
  } catch (error) {
    const again = el("button", { type: "button", class: "button", onclick: load }, icon("retry"), texts.tryAgain);
    container.replaceChildren(stateView({ iconName: "alert", title: words.sessionsBroken, text: error.message, action: again, small: true }));
  }
}

export function startSessions() {
  load();
  on("resync", load);
  // While the page lies open, others come and go.
  whileAgesGrow(load);
}
