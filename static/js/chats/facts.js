// What stands behind a tick: who, when, by which way. Opens beside the message that was asked about.
import { displayName } from "../avatar.js";
import { byId, el, setChildren } from "../dom.js";
import { session } from "../session.js";
import { partnerOf, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { fullTime } from "../time.js";
import { told } from "../told.js";
import { receiptTick, receiptWords } from "./receipts.js";

const MARGIN_PX = 8;
const words = texts.message;
const panel = byId("message-facts");

function describe(message, name) {
  if (message.from !== session.me) return { title: words.received, text: words.receivedText(name) };
  const { title, text } = receiptWords(message.receipt);
  const failure = message.receipt === "failed" ? message.failure : null;
  return { title, text: failure ? told(failure) : text(name), tick: receiptTick(message.receipt) };
}

export function showFacts(button, message) {
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
      way && [el("dt", {}, words.way), el("dd", {}, way)],
      received && [el("dt", {}, words.sender), el("dd", {}, message.verified ? words.verified(name) : words.notVerified(name))]),
  );
  panel.showPopover();
  placeBeside(button);
}

// Above the button when there is room, below otherwise, and always inside the window.
function placeBeside(button) {
  const anchor = button.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const above = anchor.top - size.height - MARGIN_PX;
  const top = above >= MARGIN_PX ? above : Math.min(anchor.bottom + MARGIN_PX, innerHeight - size.height - MARGIN_PX);
  const wantedLeft = anchor.left + anchor.width / 2 - size.width / 2;
  const left = Math.max(MARGIN_PX, Math.min(wantedLeft, innerWidth - size.width - MARGIN_PX));
  panel.style.top = `${Math.max(MARGIN_PX, top)}px`;
  panel.style.left = `${left}px`;
}
