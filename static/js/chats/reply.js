// Whom and what one is answering: shown above the text, with a way out of it.
import { displayName } from "../avatar.js";
import { emit } from "../bus.js";
import { byId } from "../dom.js";
import { wordsByLine } from "../richtext.js";
import { session } from "../session.js";
import { userNamed } from "../state.js";
import { texts } from "../texts.js";
import { excerpt, quote } from "./quoting.js";

const words = texts.reply;
const strip = byId("reply-strip");
let answered = null;

const authorOf = ({ from }) => (from === session.me ? displayName(userNamed(session.me)) : displayName(userNamed(from)));
const wordsOf = (message) => (message.file ? words.file(message.file.name) : wordsByLine(message.html));

// The message that is being answered, or null.
export function answeredMessage() {
  return answered;
}

export function showReply(message) {
  answered = message;
  strip.hidden = !message;
  if (!message) return;
  byId("reply-name").textContent = message.from === session.me ? words.toYourself : words.to(authorOf(message));
  byId("reply-words").textContent = excerpt(wordsOf(message)).replaceAll("\n", " ");
}

export function replyTo(message) {
  showReply(message);
  emit("reply");
}

// The quote that goes before the text; nothing when it answers nothing in particular.
export function quoteInFront(markdown) {
  return answered ? quote(authorOf(answered), wordsOf(answered), markdown) : "";
}

byId("reply-cancel").addEventListener("click", () => replyTo(null));
