// The right pane: who the other one is, how messages travel, and the pictures that were exchanged lately.
import { addresses } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { byId, el, setChildren, syncChildren } from "../dom.js";
import { presenceDot, presenceOf, presenceSentence } from "../presence.js";
import { profileFacts, trustChips } from "../profile-view.js";
import { regardButtons } from "../regard.js";
import { recall, remember } from "../storage.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";
import { kindOf } from "./file-kinds.js";
import { openViewer } from "./viewer.js";

const MOST_PICTURES = 6;

// Kept while the details are drawn anew, so that the pictures in it are not loaded again.
const thumbs = el("div", { class: "thumbs" });
const pane = byId("details");
const button = byId("details-button");
// Wide enough for three panes; below that the details lie over the conversation.
const isWide = matchMedia("(min-width: 1101px)");

function setOpen(open) {
  pane.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
}

function choose(open) {
  setOpen(open);
  if (isWide.matches) remember("details", open ? null : "closed");
  if (!isWide.matches) (open ? byId("details-close") : button).focus();
}

// Shows or hides the pane with its conversation, as the reader left it.
export function setDetailsAvailable(available) {
  setOpen(available && isWide.matches && recall("details") !== "closed");
}

function buildThumb(file) {
  const image = el("img", { src: addresses.file(file.id), alt: file.name, loading: "lazy" });
  const button = el("button", { type: "button", dataset: { fileId: file.id, fileName: file.name }, "aria-label": texts.files.openPicture(file.name) }, image);
  button.addEventListener("click", () => openViewer(button));
  return button;
}

function travelNote(travelled, name) {
  const way = travelled ? texts.travel[travelled]?.note(name) ?? travelled : texts.travel.unknown(name);
  return el("div", { class: "travel-note" }, el("p", {}, way), el("p", {}, texts.travel.whoRunsIt));
}

// `newestFirst` are the loaded messages of the conversation, null before they are loaded; `travelled` is how the newest of them went, if it did.
export function showDetails(username, newestFirst, travelled) {
  const user = userNamed(username);
  const name = displayName(user);
  const files = (newestFirst ?? []).map(({ file }) => file);
  const pictures = files.filter((file) => file && kindOf(file) === "image").slice(0, MOST_PICTURES);
  syncChildren(thumbs, pictures, { key: ({ id }) => id, build: buildThumb, update: () => {} });
  setChildren(
    byId("details-body"),
    avatar(user, { size: "xl", dot: false }),
    el("h2", {}, name),
    user.profile?.position && el("p", { class: "muted" }, user.profile.position),
    el("p", { class: "presence-line" }, presenceDot(presenceOf(user).kind), presenceSentence(user)),
    el("div", { class: "chips" }, trustChips(user)),
    profileFacts(user),
    newestFirst && travelNote(travelled, name),
    pictures.length > 0 && [el("h3", { class: "label" }, texts.details.pictures), thumbs],
    el("a", { class: "button wide", href: addresses.person(username) }, texts.details.profile),
    regardButtons(user),
  );
}

export function startDetails() {
  button.addEventListener("click", () => choose(pane.hidden));
  byId("talk-travel").addEventListener("click", () => choose(true));
  byId("details-close").addEventListener("click", () => choose(false));
  pane.addEventListener("keydown", (event) => event.key === "Escape" && choose(false));
  isWide.addEventListener("change", () => setDetailsAvailable(!byId("talk-head").hidden));
}
