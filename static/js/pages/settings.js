// Settings: each is saved as it is changed.
import { startApp } from "../app.js";
import { on } from "../bus.js";
import { byId, el, setNotice } from "../dom.js";
import { askToNotify, notifyPermission } from "../notify/browser.js";
import { ring } from "../notify/sound.js";
import { preferences, savePreferences } from "../preferences.js";
import { startQuietList } from "../settings/quiet.js";
import { startSessions } from "../settings/sessions.js";
import { loadConversations, loadUsers } from "../state.js";
import { texts } from "../texts.js";

const words = texts.settings;
const IDLE_CHOICES_MIN = [5, 10, 30, 60, 0];
const idleAfter = byId("idle-after");

function fillIdleChoices(chosen) {
  const choices = IDLE_CHOICES_MIN.includes(chosen) ? IDLE_CHOICES_MIN : [chosen, ...IDLE_CHOICES_MIN];
  idleAfter.replaceChildren(...choices.map((minutes) => el("option", { value: String(minutes) }, words.idleAfter(minutes))));
  idleAfter.value = String(chosen);
}

function show() {
  const { enter_sends: enterSends, notifications, sound, idle_after_min: minutes } = preferences();
  byId("enter-sends").checked = enterSends;
  byId("enter-breaks").checked = !enterSends;
  byId("notifications").checked = notifications;
  byId("sound").checked = sound;
  fillIdleChoices(minutes);
  showPermission();
}

function showPermission() {
  const permission = notifyPermission();
  byId("browser-notices-words").textContent = words.permission[permission];
  byId("browser-notices-ask").hidden = permission !== "default";
}

function entered() {
  return {
    enter_sends: byId("enter-sends").checked,
    notifications: byId("notifications").checked,
    sound: byId("sound").checked,
    idle_after_min: Number(idleAfter.value),
  };
}

byId("settings-form").addEventListener("change", async () => {
  byId("settings-note").textContent = "";
  try {
    await savePreferences(entered());
    setNotice(byId("settings-error"), null);
    byId("settings-note").textContent = words.saved;
  } catch (error) {
    setNotice(byId("settings-error"), error.message);
    show();
  }
});
byId("settings-form").addEventListener("submit", (event) => event.preventDefault());
byId("sound-try").addEventListener("click", ring);
byId("browser-notices-ask").addEventListener("click", async () => {
  await askToNotify();
  showPermission();
});

show();
on("preferences", show);
startQuietList();
startApp().then(() => {
  startSessions();
  loadUsers().catch(() => {});
  loadConversations().catch(() => {});
});
