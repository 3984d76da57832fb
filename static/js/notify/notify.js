// Tells of new messages, unless the reader looks at them anyway, has muted the sender, or does not want to be disturbed.
import { addresses } from "../api.js";
import { displayName } from "../avatar.js";
import { on } from "../bus.js";
import { preferences } from "../preferences.js";
import { plainWords } from "../richtext.js";
import { session } from "../session.js";
import { conversationWith, isWatched, meet, userNamed } from "../state.js";
import { showNotification } from "./browser.js";
import { ring } from "./sound.js";
import { isToSpeak, startSpeaking } from "./speaker.js";
import { dropToasts, showToast } from "./toast.js";

function isQuietFor(user) {
  return !preferences().notifications || user.muted || user.blocked || userNamed(session.me).status === "Do Not Disturb";
}

// Here or in another tab.
function isRead(username) {
  return isWatched(username) || conversationWith(username)?.unread === 0;
}

// The list of conversations tells of it by itself, and on a phone a toast would lie on it.
function isListInView() {
  return document.querySelector("#conversation-list")?.checkVisibility() === true;
}

function showInPage(news) {
  if (!isListInView()) showToast(news);
}

async function tell(message) {
  if (message.from === session.me) return;
  // Their name and whether they are muted; if that fails, they are told of by their user name.
  await meet(message.from).catch(() => {});
  const user = userNamed(message.from);
  if (isQuietFor(user) || !(await isToSpeak(message.id, { isWatched: isWatched(message.from) }))) return;
  // Until that was decided the reader may have gone there.
  if (isRead(message.from)) return;
  const href = addresses.chat(message.from);
  const words = message.file?.name ?? plainWords(message.html);
  if (document.visibilityState === "visible") showInPage({ user, href, words });
  else showNotification({ id: message.id, title: displayName(user), body: words, picture: user.profile?.picture, open: () => location.assign(href) });
  // A browser that has not been touched yet plays nothing.
  if (preferences().sound) ring().catch(() => {});
}

export function startNotifying() {
  startSpeaking();
  on("message", ({ message }) => tell(message));
  on("conversations", () => dropToasts(isRead));
}
