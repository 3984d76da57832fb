// What was found, as rows: people first, then messages and files, with the words marked.
import { addresses } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { fileIcon } from "../chats/file-kinds.js";
import { el, icon } from "../dom.js";
import { session } from "../session.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";
import { fullTime, shortTime } from "../time.js";

const words = texts.search;

function marked(parts) {
  return parts.map(({ text, hit }) => hit ? el("mark", {}, text) : document.createTextNode(text));
}

function option(key, href, ...children) {
  return el("a", { class: "search-hit", id: `hit-${key}`, role: "option", "aria-selected": "false", tabindex: "-1", href }, ...children);
}

function buildPerson({ username, name, about, fullname, picture }) {
  const user = { ...userNamed(username), profile: { fullname, picture } };
  return option(`p-${username}`, addresses.chat(username),
    avatar(user, { dot: user.online !== null }),
    el("b", {}, marked(name), fullname && el("small", {}, username)),
    el("p", {}, marked(about)));
}

function buildMessage({ message, with: partner, excerpt }) {
  const name = displayName(userNamed(partner));
  return option(`m-${message.id}`, addresses.message(partner, message.id),
    avatar(userNamed(partner), { dot: false }),
    el("b", {}, message.from === session.me ? words.fromYou(name) : words.toYou(name)),
    el("time", { title: fullTime(message.stamp) }, shortTime(message.stamp)),
    el("p", {}, message.file && icon(fileIcon(message.file), "icon small"), marked(excerpt)));
}

// A list of options may hold nothing else for those who listen; they hear the label as the group's name.
function group(label, options) {
  return options.length === 0 ? null : el("div", { role: "group", "aria-label": label }, el("p", { class: "label", "aria-hidden": "true" }, label), options);
}

export function buildHits({ people, messages }) {
  return [group(words.people, people.map(buildPerson)), group(words.messages, messages.map(buildMessage))];
}

export function chosenOption(container) {
  return container.querySelector("[aria-selected=true]");
}

export function moveChoice(container, to) {
  chosenOption(container)?.setAttribute("aria-selected", "false");
  to?.setAttribute("aria-selected", "true");
}
