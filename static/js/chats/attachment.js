// A file inside a bubble: pictures, sound, video and PDF show in the page; everything else is a card with a download.
import { addresses } from "../api.js";
import { el, icon, iconButton } from "../dom.js";
import { sizeInWords } from "../sizes.js";
import { texts } from "../texts.js";
import { badgeOf, kindInWords, kindOf } from "./file-kinds.js";
import { openViewer } from "./viewer.js";

const words = texts.files;

const BUILDERS = { image: buildPicture, audio: buildAudio, video: buildVideo, pdf: buildPdf };

export function buildAttachment(file) {
  return (BUILDERS[kindOf(file)] ?? buildCard)(file);
}

function downloadButton(file) {
  const label = words.downloadNamed(file.name);
  return el("a", { class: "icon-button", href: addresses.download(file.id), download: file.name, "aria-label": label, title: words.download }, icon("download"));
}

// Badge, name, type and size, with whatever can be done with the file at the end.
function buildCard(file, ...actions) {
  return el("div", { class: "file-card" },
    el("span", { class: "file-badge", "aria-hidden": "true" }, badgeOf(file)),
    el("span", { class: "file-words" }, el("b", { title: file.name }, file.name), el("small", {}, `${kindInWords(file)} · ${sizeInWords(file.size)}`)),
    el("span", { class: "file-actions" }, actions, downloadButton(file)));
}

// In CSS pixels: not so large that one picture is all that one sees.
const WIDEST_PX = 420;
const TALLEST_PX = 320;

// Width and height in which a picture is shown; nothing for one that could not be measured.
function shownSize({ width, height }) {
  if (!width || !height) return {};
  const scale = Math.min(1, WIDEST_PX / width, TALLEST_PX / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function buildPicture(file) {
  const image = el("img", { src: addresses.file(file.id), alt: file.name, loading: "lazy", draggable: "false", ...shownSize(file) });
  const button = el("button", { type: "button", class: "picture", "aria-label": words.openPicture(file.name), dataset: { fileId: file.id, fileName: file.name } }, image);
  button.classList.toggle("unmeasured", !file.width);
  button.addEventListener("click", () => openViewer(button));
  image.addEventListener("load", () => {
    button.classList.toggle("small", image.naturalHeight < image.clientHeight && image.naturalWidth < image.clientWidth);
    button.classList.add("loaded");
  });
  image.addEventListener("error", () => button.replaceWith(el("div", {}, buildCard(file), el("p", { class: "file-note" }, texts.message.pictureBroken))));
  return button;
}

// What a recorder wrote says nothing of its length until it was read to its end; then one can go to any place in it.
function learnLength(player) {
  player.addEventListener("loadedmetadata", () => {
    if (player.duration !== Infinity) return;
    player.addEventListener("durationchange", () => {
      if (player.duration !== Infinity) player.currentTime = 0;
    });
    player.currentTime = Number.MAX_SAFE_INTEGER;
  }, { once: true });
}

function buildAudio(file) {
  const player = el("audio", { controls: true, preload: "metadata", src: addresses.file(file.id), "aria-label": file.name });
  learnLength(player);
  return el("div", { class: "player audio" }, buildCard(file), player);
}

function buildVideo(file) {
  return el("div", { class: "player video" },
    el("video", { controls: true, preload: "metadata", playsinline: true, src: addresses.file(file.id), "aria-label": file.name }),
    buildCard(file));
}

function buildPdf(file) {
  const wrap = el("div", { class: "player pdf" });
  const place = el("div", { class: "pdf-place", hidden: true });
  const toggle = iconButton("eye", words.preview);
  toggle.setAttribute("aria-expanded", "false");
  toggle.addEventListener("click", () => {
    const opening = place.hidden;
    place.hidden = !opening;
    toggle.setAttribute("aria-expanded", String(opening));
    toggle.title = opening ? words.closePreview : words.preview;
    place.replaceChildren(...(opening ? [pdfView(file)] : []));
    wrap.classList.toggle("open", opening);
  });
  wrap.append(buildCard(file, toggle), place);
  return wrap;
}

function pdfView(file) {
  if (navigator.pdfViewerEnabled === false) return el("p", { class: "file-note" }, words.noPdfViewer);
  // The fragment is advice to the browser's viewer: no side bar, as wide as the frame.
  return el("iframe", { src: `${addresses.file(file.id)}#navpanes=0&view=FitH`, title: file.name });
}
