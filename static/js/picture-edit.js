// The picture of one's own profile: choose, look at it as it will be, use it or not, remove it.
import { api } from "./api.js";
import { avatar } from "./avatar.js";
import { on } from "./bus.js";
import { byId, el, setNotice, whileBusy } from "./dom.js";
import { session } from "./session.js";
import { noteUser, userNamed } from "./state.js";
import { sizeInWords } from "./sizes.js";
import { texts } from "./texts.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const LIMIT_BYTES = 5_000_000;

let chosen = null;
let chosenUrl = null;

function say(text, isError = false) {
  const note = byId("picture-note");
  note.classList.toggle("danger", isError);
  setNotice(note, text);
}

function showCurrent() {
  if (chosen) return;
  const me = userNamed(session.me);
  byId("picture-preview").replaceChildren(avatar(me, { size: "xl", dot: false }));
  byId("picture-remove").hidden = !me.profile?.picture;
}

function forgetChoice() {
  if (chosenUrl) URL.revokeObjectURL(chosenUrl);
  chosen = null;
  chosenUrl = null;
  byId("picture-input").value = "";
  byId("picture-confirm").hidden = true;
  byId("picture-choose").hidden = false;
  showCurrent();
}

function refuse(words) {
  forgetChoice();
  say(words, true);
}

function preview(file) {
  if (!TYPES.includes(file.type)) return refuse(texts.profile.pictureType);
  if (file.size > LIMIT_BYTES) return refuse(texts.profile.pictureSize(sizeInWords(file.size), sizeInWords(LIMIT_BYTES)));
  chosen = file;
  chosenUrl = URL.createObjectURL(file);
  // The round cut of the style is the centred square that the node will keep.
  const image = el("img", { src: chosenUrl, alt: "" });
  image.addEventListener("error", () => refuse(texts.profile.pictureBroken));
  byId("picture-preview").replaceChildren(el("span", { class: "avatar size-xl" }, image));
  byId("picture-choose").hidden = true;
  byId("picture-confirm").hidden = false;
  byId("picture-use").focus();
  return say(texts.profile.previewHint);
}

async function change(button, work, words) {
  try {
    const profile = await whileBusy(button, work);
    noteUser(session.me, { profile });
    forgetChoice();
    say(words);
  } catch (error) {
    say(error.message, true);
  }
}

export function startPictureEdit() {
  byId("picture-input").addEventListener("change", ({ target }) => target.files[0] && preview(target.files[0]));
  byId("picture-use").addEventListener("click", ({ currentTarget }) => change(currentTarget, () => api.savePicture(chosen), texts.profile.pictureSaved));
  byId("picture-remove").addEventListener("click", ({ currentTarget }) => change(currentTarget, api.removePicture, texts.profile.pictureRemoved));
  byId("picture-cancel").addEventListener("click", () => {
    forgetChoice();
    say(null);
    byId("picture-input").focus();
  });
  on("users", showCurrent);
  on("user", ({ username }) => username === session.me && showCurrent());
}
