// What every page of a signed-in user starts: state, menu, search, banner, notifications and the live connection.
import { startActivity } from "./activity.js";
import { startBanner } from "./banner.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startMenu } from "./menu.js";
import { startNotifying } from "./notify/notify.js";
import { followPreferences } from "./preferences.js";
import { startSearch } from "./search/box.js";
import { followEvents } from "./state.js";

// Resolves when it is time to fetch, see startLive.
export function startApp() {
  followEvents();
  followPreferences();
  startMenu();
  startNotifying();
  startActivity();
  startSearch();
  startKeys();
  startBanner();
  // Back after signing out must not show the old page from the browser's cache without asking the node.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  return startLive();
}
