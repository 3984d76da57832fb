// The picture viewer: one picture large, with the others of the conversation before and after it.
import { addresses } from "../api.js";
import { byId } from "../dom.js";
import { Zoom } from "./viewer-zoom.js";

const dialog = byId("viewer");
const image = byId("viewer-image");
const zoom = new Zoom(image);
let pictures = [];
let index = 0;

function show(position) {
  index = position;
  const { fileId, fileName } = pictures[index].dataset;
  zoom.reset();
  image.src = addresses.file(fileId);
  image.alt = fileName;
  byId("viewer-name").textContent = fileName;
  byId("viewer-download").href = addresses.download(fileId);
  byId("viewer-previous").hidden = index === 0;
  byId("viewer-next").hidden = index === pictures.length - 1;
}

function step(by) {
  const next = index + by;
  if (next >= 0 && next < pictures.length) show(next);
}

// Opens on the picture behind this button of the log, or on the one with the same file.
export function openViewer(button) {
  pictures = [...document.querySelectorAll("#log .picture")];
  show(Math.max(0, pictures.findIndex((picture) => picture.dataset.fileId === button.dataset.fileId)));
  dialog.showModal();
}

// The arrows go from picture to picture, or over one that is near.
const KEYS = {
  ArrowLeft: () => (zoom.isNear ? zoom.look(-1, 0) : step(-1)),
  ArrowRight: () => (zoom.isNear ? zoom.look(1, 0) : step(1)),
  ArrowUp: () => zoom.look(0, -1),
  ArrowDown: () => zoom.look(0, 1),
  "+": () => zoom.nearer(),
  "=": () => zoom.nearer(),
  "-": () => zoom.farther(),
  0: () => zoom.reset(),
};

byId("viewer-close").addEventListener("click", () => dialog.close());
byId("viewer-previous").addEventListener("click", () => step(-1));
byId("viewer-next").addEventListener("click", () => step(1));
byId("viewer-nearer").addEventListener("click", () => zoom.nearer());
byId("viewer-farther").addEventListener("click", () => zoom.farther());
dialog.addEventListener("click", (event) => (event.target === dialog || event.target === byId("viewer-stage")) && dialog.close());
dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
