// The open tabs of one reader in one browser, which tell each other things. Without the channel each tab stands alone.
import { session } from "../session.js";

const channel = "BroadcastChannel" in globalThis && session.me ? new BroadcastChannel(`kith.${session.me}`) : null;
const listeners = new Map();

channel?.addEventListener("message", ({ data }) => listeners.get(data.kind)?.(data));

export function tellTabs(kind, news) {
  channel?.postMessage({ kind, ...news });
}

export function hearTabs(kind, listener) {
  listeners.set(kind, listener);
}
