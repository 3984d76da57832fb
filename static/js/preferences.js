// What the reader wants of the pages. It is kept by the node, so that it holds in every browser; views listen for `preferences`.
import { api } from "./api.js";
import { emit, on } from "./bus.js";

let wanted = JSON.parse(document.body.dataset.preferences ?? "{}");

// {enter_sends, notifications, sound, idle_after_min}
export function preferences() {
  return wanted;
}

export async function savePreferences(changes) {
  wanted = await api.savePreferences({ ...wanted, ...changes });
  emit("preferences", { preferences: wanted });
}

// Call once, before any view listens.
export function followPreferences() {
  on("preferences", (news) => {
    wanted = news.preferences;
  });
  // What another browser changed during a gap. If this fails, the connection is down again, and the next one leads here.
  on("resync", () => api.preferences().then((preferences) => emit("preferences", { preferences })).catch(() => {}));
}
