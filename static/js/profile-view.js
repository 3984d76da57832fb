// The readable parts of a profile, shared by the profile page and the details beside a conversation.
import { el, icon } from "./dom.js";
import { displayName } from "./avatar.js";
import { texts } from "./texts.js";

export function trustChips(user) {
  const chips = [];
  if (user.blocked) chips.push(el("span", { class: "chip warn" }, icon("block"), texts.details.blocked));
  if (user.muted && !user.blocked) chips.push(el("span", { class: "chip plain" }, icon("bell-off"), texts.details.muted));
  if (!user.me) {
    chips.push(user.verified
      ? el("span", { class: "chip" }, icon("shield"), texts.details.verified)
      : el("span", { class: "chip plain" }, icon("shield-unknown"), texts.details.notVerified));
  }
  return chips;
}

// A list of what is known; `full` names the user name and the position as well.
export function profileFacts(user, { full = false } = {}) {
  const { position = "", location = "", description = "" } = user.profile ?? {};
  const facts = [
    full && [texts.people.userName, user.username],
    full && [texts.people.position, position],
    [texts.details.location, location],
    [texts.details.about, description],
  ].filter((fact) => fact && fact[1]);
  const list = el("dl", { class: "facts" }, facts.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]).flat());
  const nothing = !position && !location && !description && !user.me;
  return el("div", { class: "facts-wrap" }, list, nothing && el("p", { class: "muted" }, texts.details.noProfile(displayName(user))));
}
