// A person as a picture: their own, or initials on a colour that is always the same for the same name.
import { el } from "./dom.js";
import { language } from "./language.js";
import { presenceDot, presenceOf } from "./presence.js";

const HUES = 8;

// A small stable hash (FNV-1a), so that a name keeps its colour on every page and every node.
function hueOf(username) {
  let hash = 0x811c9dc5;
  for (const character of username) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
  return (hash >>> 0) % HUES;
}

export function initialsOf(name) {
  const words = name.trim().split(/[\s._-]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toLocaleUpperCase(language);
}

export function displayName(user) {
  return user.profile?.fullname?.trim() || user.username;
}

// Decorative: the name always stands beside it. `size` is "s", "m" or "xl".
export function avatar(user, { size = "m", dot = true } = {}) {
  const face = el("span", { class: `avatar size-${size}`, "aria-hidden": "true" });
  const showInitials = () => {
    face.classList.add(`hue-${hueOf(user.username)}`);
    face.prepend(initialsOf(displayName(user)));
  };
  if (user.profile?.picture) {
    const image = el("img", { src: user.profile.picture, alt: "", draggable: "false" });
    image.addEventListener("error", () => {
      image.remove();
      showInitials();
    });
    face.append(image);
  } else {
    showInitials();
  }
  if (dot) face.append(presenceDot(presenceOf(user).kind));
  return face;
}
