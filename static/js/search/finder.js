// Asks the node while the reader types: not for every letter, and only the newest question counts.
import { api } from "../api.js";

const PAUSE_MS = 120;

export class Finder {
  #onFound;
  #timer = null;
  #request = null;
  #words = "";
  #answer = null;

  // `onFound({words, answer, error})` is called with each answer, with each failure, and when nothing is asked any more.
  constructor(onFound) {
    this.#onFound = onFound;
  }

  find(text, { atOnce = false } = {}) {
    this.stop();
    this.#words = text.trim();
    if (this.#words === "") {
      this.#answer = null;
      this.#onFound({ words: "", answer: null, error: null });
    } else if (atOnce) {
      this.#ask(null);
    } else {
      this.#timer = setTimeout(() => this.#ask(null), PAUSE_MS);
    }
  }

  // Goes on to older messages; what was found stays.
  more() {
    if (this.#answer?.before) this.#ask(this.#answer);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
  }

  async #ask(earlier) {
    this.stop();
    const request = new AbortController();
    this.#request = request;
    const words = this.#words;
    try {
      const answer = await api.search(words, { before: earlier?.before ?? null, signal: request.signal });
      this.#answer = earlier ? { ...answer, people: earlier.people, messages: [...earlier.messages, ...answer.messages] } : answer;
      this.#onFound({ words, answer: this.#answer, error: null });
    } catch (error) {
      if (!request.signal.aborted) this.#onFound({ words, answer: earlier, error });
    }
  }
}
