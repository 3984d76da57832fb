// People: everybody known, those who are here first, with a filter.
import { startApp } from "../app.js";
import { addresses } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { on } from "../bus.js";
import { byId, el, icon, stateView, syncChildren } from "../dom.js";
import { markPresence, presenceSentence, whileAgesGrow } from "../presence.js";
import { loadConversations, loadUsers, otherUsers, userNamed } from "../state.js";
import { texts } from "../texts.js";

const words = texts.people;
const container = byId("people-list");
const filter = byId("people-filter");
const here = el("div", { role: "list" });
const others = el("div", { role: "list" });
const hereLabel = el("h2", { class: "label" }, words.here);
const othersLabel = el("h2", { class: "label" }, words.others);
const emptiness = el("div");

function buildRow(user) {
  const row = el("div", { class: "person-row", role: "listitem" });
  row.append(
    el("a", { class: "person-link", href: addresses.person(user.username) }),
    el("a", { class: "icon-button", href: addresses.chat(user.username), title: words.message }, icon("chats")),
  );
  return row;
}

function updateRow(row, user) {
  const name = displayName(user);
  const { position, location } = user.profile ?? {};
  const [link, message] = row.children;
  markPresence(row, user);
  message.setAttribute("aria-label", words.messageNamed(name));
  link.replaceChildren(
    avatar(user, { size: "m" }),
    el("span", { class: "person-words" },
      el("b", {}, name, name === user.username ? null : el("small", {}, user.username)),
      el("span", {}, [position, location].filter(Boolean).join(" · "))),
    el("span", { class: "person-presence" }, presenceSentence(user)),
  );
}

function matches(user, wanted) {
  const { fullname = "", position = "", location = "" } = user.profile ?? {};
  return [user.username, fullname, position, location].some((text) => text.toLocaleLowerCase().includes(wanted));
}

function showEmptiness(everybody, found) {
  emptiness.replaceChildren();
  if (everybody.length === 0) {
    emptiness.append(stateView({ iconName: "people", title: words.empty, text: words.emptyHint }));
  } else if (found.length === 0) {
    const clear = el("button", { type: "button", class: "button", onclick: clearFilter }, words.clearFilter);
    emptiness.append(stateView({ iconName: "search", title: words.noHits(filter.value.trim()), text: words.noHitsHint, action: clear }));
  }
}

function render() {
  const byName = (a, b) => displayName(a).localeCompare(displayName(b));
  const everybody = otherUsers().sort(byName);
  const wanted = filter.value.trim().toLocaleLowerCase();
  const found = wanted ? everybody.filter((user) => matches(user, wanted)) : everybody;
  const parts = { key: (user) => user.username, build: buildRow, update: updateRow };
  const present = found.filter((user) => user.online === true);
  const absent = found.filter((user) => user.online !== true);
  syncChildren(here, present, parts);
  syncChildren(others, absent, parts);
  hereLabel.hidden = present.length === 0;
  othersLabel.hidden = absent.length === 0;
  showEmptiness(everybody, found);
  byId("people-summary").textContent = everybody.length ? words.summary(everybody.filter((user) => user.online === true).length, everybody.length) : "";
  if (!here.isConnected) container.replaceChildren(hereLabel, here, othersLabel, others, emptiness);
}

function clearFilter() {
  filter.value = "";
  render();
  filter.focus();
}

// One person changed: only a coming or going moves rows, the rest stays in its row.
function refresh({ username }) {
  const row = container.querySelector(`[data-username="${CSS.escape(username)}"]`);
  const user = userNamed(username);
  const moves = !row || (row.dataset.online === "true") !== (user.online === true);
  if (moves) render();
  else updateRow(row, user);
}

async function load() {
  try {
    await loadUsers();
  } catch (error) {
    const again = el("button", { type: "button", class: "button", onclick: load }, icon("retry"), texts.tryAgain);
    container.replaceChildren(stateView({ iconName: "alert", title: words.broken, text: error.message, action: again }));
  }
}

on("users", render);
startApp().then(() => {
  on("user", (news) => here.isConnected && refresh(news));
  load();
  loadConversations().catch(() => {});
});
filter.addEventListener("input", render);
whileAgesGrow(() => here.isConnected && render());
