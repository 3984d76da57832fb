// The picture viewer: one picture large, with the others of the conversation before and after it.
import { addresses } from "../api.js";
import { byId } from "../dom.js";

const dialog = byId("viewer");
let pictures = [];
let index = 0;

function show(position) {
  index = position;
  const { fileId, fileName } = pictures[index].dataset;
  const image = byId("viewer-image");
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

byId("viewer-close").addEventListener("click", () => dialog.close());
byId("viewer-previous").addEventListener("click", () => step(-1));
byId("viewer-next").addEventListener("click", () => step(1));
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});
