// Below the log: texts and files that the node has not confirmed yet, with retry and discard where it went wrong.
import { on } from "../bus.js";
import { byId, el, icon, iconButton, setChildren, syncChildren } from "../dom.js";
import { sizeInWords } from "../sizes.js";
import { texts } from "../texts.js";
import { clock } from "../time.js";
import { badgeOf } from "./file-kinds.js";
import { discardEntry, outboxFor, retryEntry } from "./outbox.js";
import { receiptTick, receiptWords } from "./receipts.js";
import { cancelUpload, retryUpload, uploadsFor } from "./uploads.js";

const container = byId("log-pending");
let username = null;

function build({ upload }) {
  const element = el("article", { class: "message mine first last pending" });
  element.append(upload ? buildUpload(upload) : el("div", { class: "bubble" }), el("div", { class: "meta-line" }));
  return element;
}

function update(element, { entry, upload }) {
  if (upload) updateUpload(element, upload);
  else updateEntry(element, entry);
}

function updateEntry(element, entry) {
  setChildren(element.querySelector(".bubble"), el("div", { class: "plain" }, entry.text));
  const failed = entry.state === "unsent";
  element.dataset.receipt = entry.state;
  element.classList.toggle("failed", failed);
  setChildren(
    element.querySelector(".meta-line"),
    el("span", { class: "meta" }, clock(entry.stamp), receiptTick(entry.state), receiptWords(entry.state).word),
    failed && buildFailure(entry.failure ?? texts.message.unsentUnknown, () => retryEntry(entry), () => discardEntry(entry)),
  );
}

function buildFailure(words, onRetry, onDiscard) {
  return el("p", { class: "failure", role: "alert" },
    el("span", { class: "failure-text" }, words), " ",
    el("button", { type: "button", class: "link-button", onclick: onRetry }, texts.tryAgain), " ",
    el("button", { type: "button", class: "link-button", onclick: onDiscard }, texts.message.discard));
}

function buildUpload(upload) {
  const { name, type } = upload.file;
  const cancel = iconButton("close", texts.files.cancel(name), () => cancelUpload(upload));
  return el("div", { class: "bubble file-bubble" },
    el("div", { class: "file-card" },
      el("span", { class: "file-badge", "aria-hidden": "true" }, badgeOf({ name, content_type: type })),
      el("span", { class: "file-words" }, el("b", { title: name }, name), el("small", { class: "upload-words" })),
      el("span", { class: "file-actions" }, cancel)),
    el("progress", { class: "upload-bar", max: "1", "aria-label": name }));
}

function progressWords({ state, sentBytes, bytesPerSecond, file }) {
  if (state === "waiting") return texts.files.waiting;
  if (state === "failed") return sizeInWords(file.size);
  if (sentBytes >= file.size) return texts.files.storing;
  return texts.files.progress(sizeInWords(sentBytes), sizeInWords(file.size), bytesPerSecond ? sizeInWords(bytesPerSecond) : null);
}

function updateUpload(element, upload) {
  const failed = upload.state === "failed";
  element.dataset.receipt = failed ? "unsent" : "sending";
  element.classList.toggle("failed", failed);
  element.querySelector(".upload-words").textContent = progressWords(upload);
  const bar = element.querySelector("progress");
  bar.hidden = failed;
  bar.value = upload.file.size ? upload.sentBytes / upload.file.size : 0;
  const line = element.querySelector(".meta-line");
  if (!failed) line.replaceChildren();
  else if (!line.firstChild) setChildren(line, buildFailure(upload.failure, () => retryUpload(upload), () => cancelUpload(upload)));
}

function render() {
  const items = [
    ...outboxFor(username).map((entry) => ({ key: entry.key, entry })),
    ...uploadsFor(username).map((upload) => ({ key: upload.key, upload })),
  ];
  syncChildren(container, items, { key: ({ key }) => key, build, update });
}

export function showPendingOf(partner) {
  username = partner;
  container.replaceChildren();
  if (partner) render();
}

on("pending", ({ with: partner }) => partner === username && render());
