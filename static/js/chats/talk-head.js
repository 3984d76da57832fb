// The head of the conversation: who it is with, whether they are there, and how messages travel.
import { addresses } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { byId, icon, setChildren } from "../dom.js";
import { markPresence, presenceSentence } from "../presence.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";

const CHIPS = { "in clear": ["unlock", "chip warn"], "weak, 2017 standard": ["unlock", "chip warn"], local: ["home", "chip"] };

export function showHead(username) {
  const user = userNamed(username);
  markPresence(byId("talk-head"), user);
  byId("talk-person").href = addresses.person(username);
  setChildren(byId("talk-avatar"), avatar(user));
  byId("talk-name").textContent = displayName(user);
  byId("talk-presence").textContent = presenceSentence(user);
}

// `travelled` is how the newest message went; nothing is claimed before there is one.
export function showTravel(travelled) {
  const chip = byId("talk-travel");
  const [iconName, look] = CHIPS[travelled] ?? [];
  chip.hidden = !iconName;
  if (!iconName) return;
  chip.className = look;
  setChildren(chip, icon(iconName), texts.travel[travelled].chip);
}
