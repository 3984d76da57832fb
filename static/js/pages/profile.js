// One's own profile: the form, and what was saved of it.
import { startApp } from "../app.js";
import { api } from "../api.js";
import { on } from "../bus.js";
import { byId, el, icon, setChildren, stateView, whileBusy } from "../dom.js";
import { session } from "../session.js";
import { loadConversations, loadUsers, noteUser, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { startPictureEdit } from "../picture-edit.js";

const FIELDS = ["fullname", "position", "location", "description"];

const form = byId("profile-form");
const save = byId("profile-save");
const note = byId("profile-note");
let saved = null;

function entered() {
  return Object.fromEntries(FIELDS.map((field) => [field, byId(field).value.trim()]));
}

function isChanged() {
  const now = entered();
  return saved !== null && FIELDS.some((field) => now[field] !== saved[field]);
}

function showState(words = null, isError = false) {
  save.disabled = !isChanged();
  note.textContent = words ?? (isChanged() ? texts.profile.unsaved : "");
  note.classList.toggle("error", isError);
}

// Fills the form; what the reader is just writing is not taken from under their hands.
function fill(profile) {
  const keep = isChanged();
  saved = Object.fromEntries(FIELDS.map((field) => [field, profile[field] ?? ""]));
  if (!keep) for (const field of FIELDS) byId(field).value = saved[field];
}

form.addEventListener("input", () => showState());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!isChanged()) return;
  try {
    const profile = await whileBusy(save, () => api.saveProfile(entered()));
    saved = entered();
    noteUser(session.me, { profile });
    fill(profile);
    showState(texts.profile.saved);
  } catch (error) {
    showState(error.message, true);
  }
});

addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});

async function load() {
  try {
    await loadUsers();
  } catch (error) {
    const again = el("button", { type: "button", class: "button", onclick: load }, icon("retry"), texts.tryAgain);
    setChildren(byId("profile-broken"), stateView({ iconName: "alert", title: texts.profile.broken, text: error.message, action: again }));
  }
}

const showMine = () => {
  const { profile } = userNamed(session.me);
  // Before the first answer only name and picture are known, from the menu.
  if (profile?.description === undefined) return;
  fill(profile);
  form.hidden = false;
  setChildren(byId("profile-broken"));
  showState(isChanged() || !note.textContent ? null : note.textContent);
};
on("users", showMine);
on("user", ({ username }) => username === session.me && showMine());

startPictureEdit();
startApp().then(() => {
  load();
  loadConversations().catch(() => {});
});
