// Of whom the reader hears nothing, or hears without being told: those who are blocked and those who are muted.
import { addresses, api } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { on } from "../bus.js";
import { byId, el, setNotice, syncChildren, whileBusy } from "../dom.js";
import { noteUser, otherUsers } from "../state.js";
import { texts } from "../texts.js";

const words = texts.settings;
const list = el("ul", { class: "plain-list" });
const nobody = el("p", { class: "muted" }, words.nobodyQuiet);
const problem = el("p", { class: "notice danger", role: "alert", hidden: true });

function buildRow(user) {
  const undo = el("button", { type: "button", class: "button" });
  undo.addEventListener("click", () => whileBusy(undo, () => letThrough(undo.dataset.username)).catch((error) => setNotice(problem, error.message)));
  return el("li", { class: "setting-person", dataset: { username: user.username } }, el("span"), undo);
}

async function letThrough(username) {
  const { blocked } = otherUsers().find((user) => user.username === username);
  setNotice(problem, null);
  if (blocked) await api.unblock(username);
  else await api.unmute(username);
  noteUser(username, blocked ? { blocked: false } : { muted: false });
}

function updateRow(row, user) {
  const [face, undo] = row.children;
  const name = displayName(user);
  face.replaceChildren(avatar(user, { size: "s", dot: false }),
    el("a", { href: addresses.person(user.username) }, name), el("small", {}, user.blocked ? texts.details.blocked : texts.details.muted));
  undo.dataset.username = user.username;
  undo.textContent = user.blocked ? texts.people.unblock : texts.people.unmute;
  undo.setAttribute("aria-label", user.blocked ? texts.people.unblockNamed(name) : texts.people.unmuteNamed(name));
}

function show() {
  const quiet = otherUsers().filter((user) => user.blocked || user.muted);
  syncChildren(list, quiet, { key: ({ username }) => username, build: buildRow, update: updateRow });
  nobody.hidden = quiet.length > 0;
}

export function startQuietList() {
  byId("quiet-list").append(problem, nobody, list);
  on("users", show);
  on("user", show);
}
