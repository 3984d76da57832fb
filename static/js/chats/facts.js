// What stands behind a tick, and all else that is known of a message: who, when, by which way. Opens beside it.
import { displayName } from "../avatar.js";
import { byId, el, setChildren } from "../dom.js";
import { placeBeside } from "../place.js";
import { session } from "../session.js";
import { sizeInWords } from "../sizes.js";
import { partnerOf, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { fullTime } from "../time.js";
import { told } from "../told.js";
import { kindInWords } from "./file-kinds.js";
import { receiptTick, receiptWords } from "./receipts.js";

const words = texts.message;
const panel = byId("message-facts");

function describe(message, name) {
  if (message.from !== session.me) return { title: words.received, text: words.receivedText(name) };
  const { title, text } = receiptWords(message.receipt);
  const failure = message.receipt === "failed" ? message.failure : null;
  return { title, text: failure ? told(failure) : text(name), tick: receiptTick(message.receipt) };
}

function fileFacts(file) {
  return [
    el("dt", {}, words.file), el("dd", {}, file.name),
    el("dt", {}, words.kind), el("dd", {}, [kindInWords(file), sizeInWords(file.size), file.width && words.pixels(file.width, file.height)].filter(Boolean).join(" · ")),
    el("dt", {}, words.checksum), el("dd", { class: "checksum" }, file.sha256),
  ];
}

// `anchor` is what the panel stands beside.
export function showFacts(anchor, message) {
  const name = displayName(userNamed(partnerOf(message)));
  const { title, text, tick } = describe(message, name);
  const way = texts.travel[message.travelled]?.way ?? message.travelled;
  const received = message.from !== session.me;
  setChildren(
    panel,
    el("h2", {}, tick, title),
    el("p", {}, text),
    message.arrived_late && el("p", {}, words.lateExplained),
    el("dl", { class: "facts" },
      el("dt", {}, words.sent), el("dd", {}, fullTime(message.stamp)),
      received && [el("dt", {}, words.arrived), el("dd", {}, fullTime(message.arrived_at))],
      message.receipt_at && [el("dt", {}, title), el("dd", {}, fullTime(message.receipt_at))],
      way && [el("dt", {}, words.way), el("dd", {}, way)],
      received && [el("dt", {}, words.sender), el("dd", {}, message.verified ? words.verified(name) : words.notVerified(name))],
      message.file && fileFacts(message.file)),
  );
  panel.showPopover();
  placeBeside(panel, anchor);
  panel.focus();
}
