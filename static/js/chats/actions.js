// What can be done with a message: its menu, its bar and the keys all come here.
import { addresses } from "../api.js";
import { copyText } from "../clipboard.js";
import { texts } from "../texts.js";
import { askToDelete } from "./deleting.js";
import { showFacts } from "./facts.js";
import { flash } from "./flash.js";
import { openForward } from "./forward.js";
import { replyTo } from "./reply.js";

const words = texts.actions;

async function copy(message) {
  try {
    await copyText(message.text);
    flash(words.copied);
  } catch {
    flash(words.notCopied);
  }
}

// `key` works on a message that has the focus. `run` gets the message and the element to stand beside.
const ACTIONS = [
  { name: "reply", icon: "reply", key: "r", run: (message) => replyTo(message) },
  { name: "copy", icon: "copy", key: "c", run: copy, fits: ({ file }) => !file },
  { name: "download", icon: "download", key: null, href: ({ file }) => addresses.download(file.id), fits: ({ file }) => Boolean(file) },
  { name: "forward", icon: "forward", key: "f", run: (message) => openForward(message) },
  { name: "details", icon: "info", key: "i", run: (message, element) => showFacts(element.querySelector(".bubble"), message) },
  { name: "delete", icon: "remove", key: "Delete", run: (message) => askToDelete(message) },
];

export function actionsFor(message) {
  return ACTIONS.filter(({ fits }) => !fits || fits(message));
}
