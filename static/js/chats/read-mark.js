// Tells the node what was read.
import { api } from "../api.js";
import { noteRead } from "../state.js";

// `visit` is the stay in a conversation. While one call is under way, newer messages wait for it and go together.
export async function markReadUpTo(visit, id) {
  if (id === visit.markedId) return;
  visit.markedId = id;
  if (visit.isMarking) return;
  visit.isMarking = true;
  try {
    let sent = null;
    while (sent !== visit.markedId) {
      sent = visit.markedId;
      const { unread } = await api.markRead(visit.username, sent);
      if (sent === visit.markedId) noteRead(visit.username, unread);
    }
  } catch {
    // Not marked is harmless: the next message or visit marks both.
    visit.markedId = null;
  } finally {
    visit.isMarking = false;
  }
}
