// What the reader wants of the pages. It is kept by the node, so that it holds in every browser; views listen for `preferences`.
import { api } from "./api.js";
import { emit, on } from "./bus.js";

let wanted = JSON.parse(document.body.dataset.preferences ?? "{}");

// {enter_sends, notifications, sound, idle_after_min}
export function preferences() {
  return wanted;
}

export async function savePreferences(changes) {
  emit("preferences", { preferences: await api.savePreferences({ ...wanted, ...changes }) });
}

// Before any view hears of it: this module is evaluated before those that import it.
on("preferences", (news) => {
  wanted = news.preferences;
});

// Asks what another browser changed during a gap. If this fails, the connection is down again, and the next one leads here.
export function followPreferences() {
  on("resync", () => api.preferences().then((news) => emit("preferences", { preferences: news })).catch(() => {}));
}
