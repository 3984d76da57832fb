// The chats page: list, conversation and details. Going from one conversation to another does not reload the page.
import { startApp } from "../app.js";
import { openConversation, openUsername, startConversation } from "../chats/conversation.js";
import { startDrafts } from "../chats/drafts.js";
import { startDrop } from "../chats/drop.js";
import { setOpenConversation, startList } from "../chats/list.js";
import { byId } from "../dom.js";

// "/chats/Ana" -> "ana", as the node takes it; "/chats" -> null
function usernameIn(path) {
  const name = path.split("/")[2];
  return name ? decodeURIComponent(name).toLowerCase() : null;
}

// "?at=4f…" -> "4f…": the message to begin at.
function messageIn(search) {
  return new URLSearchParams(search).get("at");
}

function show(username, at = null) {
  // The style shows one of the two panes on a phone.
  byId("main").classList.toggle("has-open", Boolean(username));
  openConversation(username, at);
  setOpenConversation(username);
}

// Shows what the address names, once it is known who there is. Whoever chooses somebody before that sees them then.
let isReady = false;
function showAddressed() {
  if (isReady) show(usernameIn(location.pathname), messageIn(location.search));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;
  if (!isPlain || !link || link.target || link.origin !== location.origin || !/^\/chats(\/|$)/.test(link.pathname)) return;
  event.preventDefault();
  const address = link.pathname + link.search;
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
  showAddressed();
});
addEventListener("popstate", showAddressed);

startConversation();
startDrop(openUsername);
startApp().then(() => Promise.all([startList(), startDrafts()])).then(() => {
  isReady = true;
  showAddressed();
});
