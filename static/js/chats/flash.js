// A short sentence at the foot of the conversation that says what was done, and goes by itself.
import { byId } from "../dom.js";

const SHOWN_MS = 4000;

const line = byId("flash");
let timer = null;

export function flash(sentence) {
  clearTimeout(timer);
  line.textContent = sentence;
  timer = setTimeout(() => line.replaceChildren(), SHOWN_MS);
}
