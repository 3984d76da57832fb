// Files on their way from this page to the node: one after the other, with progress, cancel and retry.
// XMLHttpRequest, because fetch tells nothing about the progress of an upload.
import { ApiError, addresses, errorFrom } from "../api.js";
import { emit } from "../bus.js";
import { session } from "../session.js";
import { sizeInWords } from "../sizes.js";
import { noteAnswer } from "../state.js";
import { texts } from "../texts.js";

const queue = [];
let running = null;
let lastKey = 0;

// {key, with, file, state: "waiting" | "uploading" | "failed", sentBytes, bytesPerSecond, failure}, in their order.
export function uploadsFor(username) {
  return queue.filter((upload) => upload.with === username);
}

// Why a file cannot be sent, in a sentence, or null if it can.
export function refusalOf(file) {
  if (file.size <= session.fileLimitBytes) return null;
  return texts.files.tooLarge(file.name, sizeInWords(file.size), sizeInWords(session.fileLimitBytes));
}

export function sendFile(username, file) {
  lastKey += 1;
  queue.push({ key: `file-${lastKey}`, with: username, file, state: "waiting", sentBytes: 0, bytesPerSecond: 0, failure: null });
  emit("pending", { with: username });
  startNext();
}

export function retryUpload(upload) {
  Object.assign(upload, { state: "waiting", sentBytes: 0, bytesPerSecond: 0, failure: null });
  emit("pending", { with: upload.with });
  startNext();
}

export function cancelUpload(upload) {
  const place = queue.indexOf(upload);
  if (place >= 0) queue.splice(place, 1);
  if (running?.upload === upload) running.request.abort();
  emit("pending", { with: upload.with });
}

function startNext() {
  if (running) return;
  const upload = queue.find(({ state }) => state === "waiting");
  if (upload) start(upload);
}

function start(upload) {
  const request = new XMLHttpRequest();
  const startedAt = performance.now();
  running = { upload, request };
  upload.state = "uploading";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    // `loaded` counts the wrapping of the form too; the share is what matters.
    upload.sentBytes = Math.round(upload.file.size * loaded / total);
    upload.bytesPerSecond = loaded / ((performance.now() - startedAt) / 1000);
    emit("pending", { with: upload.with });
  });
  request.addEventListener("loadend", () => {
    running = null;
    finish(upload, request);
    startNext();
  });
  const form = new FormData();
  form.append("file", upload.file, upload.file.name);
  request.open("POST", addresses.upload(upload.with));
  request.setRequestHeader("X-CSRF-Token", session.csrfToken);
  request.setRequestHeader("Accept", "application/json");
  request.send(form);
  emit("pending", { with: upload.with });
}

function finish(upload, request) {
  // Cancelled in the meantime.
  if (!queue.includes(upload)) return;
  if (request.status === 201) {
    queue.splice(queue.indexOf(upload), 1);
    emit("pending", { with: upload.with });
    noteAnswer(JSON.parse(request.responseText));
    return;
  }
  const error = request.status === 0
    ? new ApiError(0, "unreachable", texts.files.interrupted)
    : errorFrom(request.status, request.responseText, request.getResponseHeader("Retry-After"));
  Object.assign(upload, { state: "failed", failure: error.message });
  emit("pending", { with: upload.with });
}

addEventListener("beforeunload", (event) => {
  // What waits or failed would be lost as well.
  if (queue.length > 0) event.preventDefault();
});
