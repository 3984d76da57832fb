// Files dropped anywhere on the page go to the open conversation.
import { displayName } from "../avatar.js";
import { byId } from "../dom.js";
import { session } from "../session.js";
import { sizeInWords } from "../sizes.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";
import { refuseFolder, sendFiles } from "./composer.js";

const target = byId("drop-target");
// dragenter and dragleave come for every element on the way; the pointer has left when both are even.
let depth = 0;

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

function show(username) {
  byId("drop-words").textContent = texts.files.dropHere(displayName(userNamed(username)));
  byId("drop-limit").textContent = texts.files.dropLimit(sizeInWords(session.fileLimitBytes));
  target.hidden = false;
}

function hide() {
  depth = 0;
  target.hidden = true;
}

// A folder arrives as an entry without content, and cannot be sent.
function filesOf(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const folders = items.filter((item) => item.webkitGetAsEntry()?.isDirectory).map((item) => item.getAsFile()?.name);
  return { folders, files: [...transfer.files].filter((file) => !folders.includes(file.name)) };
}

// `openUsername` tells whose conversation is open, or null.
export function startDrop(openUsername) {
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event) || !openUsername()) return;
    event.preventDefault();
    depth += 1;
    show(openUsername());
  });
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("dragleave", (event) => {
    if (!carriesFiles(event) || depth === 0) return;
    depth -= 1;
    if (depth === 0) hide();
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    // Also without an open conversation: the browser would leave the page for the file.
    event.preventDefault();
    hide();
    if (!openUsername()) return;
    const { folders, files } = filesOf(event.dataTransfer);
    sendFiles(files);
    for (const name of folders) refuseFolder(name);
  });
}
