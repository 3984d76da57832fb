// The profile of one person, kept fresh while it is open.
import { startApp } from "../app.js";
import { addresses, api } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { on } from "../bus.js";
import { byId, el, icon, setChildren, stateView } from "../dom.js";
import { markPresence, presenceDot, presenceOf, presenceSentence, whileAgesGrow } from "../presence.js";
import { regardButtons } from "../regard.js";
import { session } from "../session.js";
import { loadConversations, noteUser, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { setSubject } from "../title.js";
import { profileFacts, trustChips } from "../profile-view.js";

const card = byId("person");
let loaded = false;

function render() {
  const user = userNamed(session.with);
  const isMe = user.username === session.me;
  const name = displayName(user);
  setSubject(name);
  markPresence(card, user);
  setChildren(
    card,
    avatar(user, { size: "xl", dot: false }),
    el("h1", {}, name),
    user.profile?.position && el("p", { class: "muted" }, user.profile.position),
    el("p", { class: "presence-line" }, presenceDot(presenceOf(user).kind), presenceSentence(user)),
    el("div", { class: "chips" }, trustChips(user)),
    isMe
      ? el("a", { class: "button primary", href: "/profile" }, icon("write"), texts.people.edit)
      : el("a", { class: "button primary", href: addresses.chat(user.username) }, icon("chats"), texts.people.message),
    profileFacts(user, { full: true }),
    !isMe && regardButtons(user),
  );
}

function showBroken(error) {
  const unknown = error.status === 404;
  const action = unknown
    ? el("a", { class: "button", href: "/people" }, texts.people.backToList)
    : el("button", { type: "button", class: "button", onclick: load }, icon("retry"), texts.tryAgain);
  card.replaceChildren(stateView({
    iconName: unknown ? "search" : "alert",
    title: unknown ? texts.people.unknownTitle : texts.people.brokenPerson,
    text: unknown ? texts.people.unknownText(session.with) : error.message,
    action,
  }));
}

async function load() {
  try {
    const user = await api.user(session.with);
    loaded = true;
    noteUser(user.username, user);
  } catch (error) {
    showBroken(error);
  }
}

on("user", ({ username }) => loaded && username === session.with && render());
on("resync", load);
startApp().then(() => {
  load();
  loadConversations().catch(() => {});
});
whileAgesGrow(() => loaded && render());
