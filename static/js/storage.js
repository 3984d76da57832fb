// What this browser remembers for the reader: theme, drafts, small switches. Never fails: without storage it forgets.
import { session } from "./session.js";

// A value that belongs to the signed-in user, so that two users of one browser never meet.
function personal(name) {
  return `kith.${session.me}.${name}`;
}

function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

export function remember(name, value) {
  attempt(() => value === null || value === "" ? localStorage.removeItem(personal(name)) : localStorage.setItem(personal(name), value));
}

export function recall(name) {
  return attempt(() => localStorage.getItem(personal(name)));
}

export function rememberTheme(choice) {
  attempt(() => choice === "system" ? localStorage.removeItem("kith.theme") : localStorage.setItem("kith.theme", choice));
}
