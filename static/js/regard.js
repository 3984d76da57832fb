// Muting and blocking somebody: the buttons for it on their profile and beside the conversation.
import { api } from "./api.js";
import { displayName } from "./avatar.js";
import { confirm } from "./confirm.js";
import { el, icon, whileBusy } from "./dom.js";
import { noteUser } from "./state.js";
import { texts } from "./texts.js";

const words = texts.people;

// `change` does it at the node, and resolves to what is so from then on, or to nothing if the reader thought better of it.
function button({ name, iconName, label, pressed, change }, user, problem) {
  const made = el("button", { type: "button", class: "button", "aria-label": label, dataset: { regard: name, pressed: String(pressed) } },
    icon(iconName), words[name]);
  made.addEventListener("click", async () => {
    problem.textContent = "";
    try {
      const changes = await whileBusy(made, change);
      if (changes) noteUser(user.username, changes);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  return made;
}

async function block({ username }, name) {
  const sure = await confirm({ title: words.blockNamed(name), text: words.blockExplained(name), action: words.block });
  if (!sure) return null;
  await api.block(username);
  return { blocked: true };
}

export function regardButtons(user) {
  const { username, muted, blocked } = user;
  const name = displayName(user);
  const problem = el("p", { class: "regard-problem", role: "alert" });
  const mute = muted
    ? { name: "unmute", iconName: "bell", label: words.unmuteNamed(name), pressed: true, change: () => api.unmute(username).then(() => ({ muted: false })) }
    : { name: "mute", iconName: "bell-off", label: words.muteNamed(name), pressed: false, change: () => api.mute(username).then(() => ({ muted: true })) };
  const wall = blocked
    ? { name: "unblock", iconName: "block", label: words.unblockNamed(name), pressed: true, change: () => api.unblock(username).then(() => ({ blocked: false })) }
    : { name: "block", iconName: "block", label: words.blockNamed(name), pressed: false, change: () => block(user, name) };
  // Of somebody who is blocked there is nothing to mute.
  const buttons = blocked ? [wall] : [mute, wall];
  return el("div", { class: "regard" },
    blocked && el("p", { class: "notice" }, words.blockedNow(name)),
    el("div", { class: "buttons" }, buttons.map((each) => button(each, user, problem))),
    problem);
}
