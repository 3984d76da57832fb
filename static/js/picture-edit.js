// The picture of one's own profile: choose one, choose the square that shows, use it or not, remove it.
import { api } from "./api.js";
import { avatar } from "./avatar.js";
import { on } from "./bus.js";
import { byId, el, setNotice, whileBusy } from "./dom.js";
import { PictureCrop } from "./picture-crop.js";
import { session } from "./session.js";
import { noteUser, userNamed } from "./state.js";
import { texts } from "./texts.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const PREVIEW_PX = 192;

let chosen = null;
let chosenUrl = null;
let crop = null;

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

function showChoosing(isChoosing) {
  byId("picture-crop").hidden = !isChoosing;
  byId("picture-confirm").hidden = !isChoosing;
  byId("picture-choose").hidden = isChoosing;
}

function forgetChoice() {
  if (chosenUrl) URL.revokeObjectURL(chosenUrl);
  chosen = null;
  chosenUrl = null;
  crop = null;
  byId("picture-input").value = "";
  byId("picture-crop").replaceChildren();
  showChoosing(false);
  showCurrent();
}

function refuse(words) {
  forgetChoice();
  say(words, true);
}

function choose(file) {
  if (!TYPES.includes(file.type)) return refuse(texts.profile.pictureType);
  chosen = file;
  chosenUrl = URL.createObjectURL(file);
  const image = el("img", { src: chosenUrl, alt: "" });
  image.addEventListener("error", () => refuse(texts.profile.pictureBroken));
  image.addEventListener("load", () => startCrop(image));
  return say(null);
}

// The round preview is what others will see.
function startCrop(image) {
  const canvas = el("canvas");
  crop = new PictureCrop(image, () => crop.draw(PREVIEW_PX, canvas));
  byId("picture-preview").replaceChildren(el("span", { class: "avatar size-xl" }, canvas));
  byId("picture-crop").replaceChildren(crop.element);
  showChoosing(true);
  crop.start();
  say(texts.profile.previewHint);
}

async function change(button, work, words) {
  try {
    const profile = await whileBusy(button, work);
    noteUser(session.me, { profile });
    forgetChoice();
    say(words);
    byId("picture-input").focus();
  } catch (error) {
    say(error.message, true);
  }
}

async function save() {
  return api.savePicture(await crop.toFile(chosen.type));
}

export function startPictureEdit() {
  byId("picture-input").addEventListener("change", ({ target }) => target.files[0] && choose(target.files[0]));
  byId("picture-use").addEventListener("click", ({ currentTarget }) => change(currentTarget, save, texts.profile.pictureSaved));
  byId("picture-remove").addEventListener("click", ({ currentTarget }) => change(currentTarget, api.removePicture, texts.profile.pictureRemoved));
  byId("picture-cancel").addEventListener("click", () => {
    forgetChoice();
    say(null);
    byId("picture-input").focus();
  });
  on("users", showCurrent);
  on("user", ({ username }) => username === session.me && showCurrent());
}
