// What the sender knows about a message, as a tick and in words.
import { icon } from "../dom.js";
import { texts } from "../texts.js";

const TICKS = { sending: "clock", unsent: "alert", pending: "clock", relayed: "check", delivered: "checks", read: "checks", failed: "alert" };

export function receiptTick(receipt) {
  return icon(TICKS[receipt] ?? "clock", `icon tick tick-${receipt}`);
}

// {word, title, text(name)} for a receipt.
export function receiptWords(receipt) {
  return texts.receipts[receipt] ?? texts.receipts.pending;
}
