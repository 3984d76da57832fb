// Where a conversation opens.
import { api } from "../api.js";
import { PAGE_SIZE } from "./edge.js";

const LARGEST_PAGE = 200;
// A few that were read before those that were not.
const BEFORE_UNREAD = 10;

// Round the message that was asked for, or the first of many that were not read; else at the end.
export async function firstPage(visit, unread) {
  const around = visit.at ?? (!visit.isForEnd && unread > LARGEST_PAGE - BEFORE_UNREAD ? "unread" : null);
  if (around) {
    try {
      return await api.messages(visit.username, { around, limit: PAGE_SIZE });
    } catch (error) {
      if (error.status !== 404) throw error;
      visit.at = null;
    }
  }
  return api.messages(visit.username, { limit: Math.min(LARGEST_PAGE, Math.max(PAGE_SIZE, unread + BEFORE_UNREAD)) });
}
