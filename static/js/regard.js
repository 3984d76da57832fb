// Muting and blocking somebody: the buttons for it on their profile and beside the conversation.
import { api } from "./api.js";
import { displayName } from "./avatar.js";
import { confirm } from "./confirm.js";
import { el, icon, whileBusy } from "./dom.js";
import { noteUser } from "./state.js";
import { texts } from "./texts.js";

const words = texts.people;

// `change` does it at the node; `changes` is what is so from then on. `isSure` asks first, where one may regret it.
function button({ name, iconName, label, isSure = null, change, changes }, user, problem) {
  const made = el("button", { type: "button", class: "button", "aria-label": label, dataset: { regard: name } }, icon(iconName), words[name]);
  made.addEventListener("click", async () => {
    problem.textContent = "";
    if (isSure && !(await isSure())) return;
    try {
      await whileBusy(made, change);
      noteUser(user.username, changes);
      // All was drawn anew; the keyboard stays where it was.
      document.querySelector("[data-regard]")?.focus();
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  return made;
}

export function regardButtons(user) {
  const { username, muted, blocked } = user;
  const name = displayName(user);
  const problem = el("p", { class: "regard-problem", role: "alert" });
  const isSure = () => confirm({ title: words.blockAsk(name), text: words.blockExplained(name), action: words.block });
  const mute = muted
    ? { name: "unmute", iconName: "bell", label: words.unmuteNamed(name), change: () => api.unmute(username), changes: { muted: false } }
    : { name: "mute", iconName: "bell-off", label: words.muteNamed(name), change: () => api.mute(username), changes: { muted: true } };
  const wall = blocked
    ? { name: "unblock", iconName: "block", label: words.unblockNamed(name), change: () => api.unblock(username), changes: { blocked: false } }
    : { name: "block", iconName: "block", label: words.blockNamed(name), isSure, change: () => api.block(username), changes: { blocked: true } };
  // Of somebody who is blocked there is nothing to mute.
  const buttons = blocked ? [wall] : [mute, wall];
  return el("div", { class: "regard" },
    blocked && el("p", { class: "notice" }, words.blockedNow(name)),
    el("div", { class: "buttons" }, buttons.map((each) => button(each, user, problem))),
    problem);
}
