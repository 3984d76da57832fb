// The composer: text with a draft that is kept, an answer to a message, Markdown on or off, and files by button, paste or drop.
import { api } from "../api.js";
import { displayName } from "../avatar.js";
import { on } from "../bus.js";
import { byId, el, iconButton } from "../dom.js";
import { preferences } from "../preferences.js";
import { session } from "../session.js";
import { bytesOf, sizeInWords } from "../sizes.js";
import { userNamed } from "../state.js";
import { recall, remember } from "../storage.js";
import { texts } from "../texts.js";
import { draftFor, dropDraft, keepDraft, recoverDraft } from "./drafts.js";
import { startEmoji } from "./emoji.js";
import { startFormatting } from "./formatting.js";
import { sendText } from "./outbox.js";
import { hidePreview, startPreview } from "./preview.js";
import { startRecorder, stopRecording } from "./recorder.js";
import { answeredMessage, quoteInFront, showReply } from "./reply.js";
import { refusalOf, sendFile } from "./uploads.js";

// Beyond this height the text scrolls inside its box.
const TALLEST_PX = 200;

const field = byId("composer-text");
const sendButton = byId("send-button");
const markdownToggle = byId("markdown-toggle");
// A keyboard on glass has no Shift+Enter at hand, so there Enter breaks the line and the button sends.
const isTouch = matchMedia("(hover: none) and (pointer: coarse)");

let username = null;
let afterSend = () => {};

const isMarkdown = () => markdownToggle.getAttribute("aria-pressed") === "true";

function setMarkdown(on) {
  markdownToggle.setAttribute("aria-pressed", String(on));
  markdownToggle.title = on ? texts.talk.markdownOn : texts.talk.markdownOff;
  byId("format-tools").hidden = !on;
  if (!on) hidePreview();
  showPreviewButton();
}

function showPreviewButton() {
  byId("preview-button").hidden = !isMarkdown();
  byId("preview-button").disabled = field.value.trim() === "";
}

function fitHeight() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, TALLEST_PX)}px`;
  field.style.overflowY = field.scrollHeight > TALLEST_PX ? "auto" : "hidden";
}

function showChange() {
  fitHeight();
  sendButton.disabled = field.value.trim() === "";
  showPreviewButton();
}

function showHint() {
  const words = preferences().enter_sends ? texts.talk.enterSends : texts.talk.enterBreaks;
  byId("composer-hint").textContent = isTouch.matches ? "" : words;
}

function notify(words) {
  const note = el("p", { class: "notice danger" }, el("span", {}, words));
  note.append(iconButton("close", texts.close, () => note.remove()));
  byId("composer-notices").append(note);
}

export function clearNotices() {
  byId("composer-notices").replaceChildren();
}

function send() {
  const written = field.value.trim();
  if (written === "") return;
  const text = quoteInFront(isMarkdown()) + written;
  clearNotices();
  const size = bytesOf(text);
  if (size > session.messageLimitBytes) {
    notify(texts.talk.overLimit(sizeInWords(size), sizeInWords(session.messageLimitBytes)));
    return;
  }
  sendText(username, text, isMarkdown());
  hidePreview();
  field.value = "";
  showReply(null);
  dropDraft(username);
  showChange();
  afterSend();
}

// Sends what fits; for the rest says why not.
export function sendFiles(files) {
  clearNotices();
  for (const file of files) {
    const refusal = refusalOf(file);
    if (refusal) notify(refusal);
    else sendFile(username, file);
  }
  afterSend();
}

export function refuseFolder(name) {
  notify(texts.files.folder(name));
}

// Puts the composer to a conversation and brings back what was being written there.
export function composeFor(partner) {
  username = partner;
  const name = displayName(userNamed(partner));
  field.placeholder = texts.talk.placeholder(name);
  hidePreview();
  stopRecording();
  showDraft(recoverDraft(partner));
  clearNotices();
}

function showDraft({ text, replyTo }) {
  field.value = text;
  showChange();
  if (replyTo === (answeredMessage()?.id ?? null)) return;
  showReply(null);
  if (replyTo) findAnswered(username, replyTo);
}

// If it is gone by now, the answer stands for itself.
async function findAnswered(partner, id) {
  const message = await api.message(id).catch(() => null);
  if (message && username === partner && draftFor(partner).replyTo === id) showReply(message);
}

function keepWritten() {
  keepDraft(username, { text: field.value, replyTo: answeredMessage()?.id ?? null });
}

export function focusComposer() {
  if (!isTouch.matches) field.focus({ preventScroll: true });
}

// `onSend` is called after each send, to bring the reader to the end of the log; `onUp` when one goes up from an empty field.
export function startComposer(onSend, onUp) {
  afterSend = onSend;
  startEmoji(field);
  startPreview(field, () => quoteInFront(true) + field.value);
  startRecorder((file) => sendFiles([file]));
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    field.focus();
  });
  field.addEventListener("input", () => {
    keepWritten();
    showChange();
  });
  on("reply", () => {
    keepWritten();
    field.focus({ preventScroll: true });
  });
  on("draft_changed", ({ with: partner }) => partner === username && showDraft(draftFor(partner)));
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowUp" && field.value === "" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      onUp();
    }
    if (event.key !== "Enter" || event.shiftKey === preferences().enter_sends || event.isComposing || isTouch.matches) return;
    event.preventDefault();
    send();
  });
  field.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    sendFiles(files);
  });
  byId("file-input").addEventListener("change", ({ target }) => {
    sendFiles([...target.files]);
    target.value = "";
  });
  byId("attach-label").title = texts.files.attach(sizeInWords(session.fileLimitBytes));
  showHint();
  on("preferences", showHint);
  setMarkdown(recall("markdown") !== "off");
  markdownToggle.addEventListener("click", () => {
    setMarkdown(!isMarkdown());
    remember("markdown", isMarkdown() ? null : "off");
    field.focus();
  });
  startFormatting(field, isMarkdown);
}
