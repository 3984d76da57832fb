// One end of the loaded part of a conversation: the next page is fetched before the reader comes there.
import { api } from "../api.js";
import { byId } from "../dom.js";

export const PAGE_SIZE = 50;
const NEAR_PX = 800;

export class Edge {
  #marker;
  #side;
  #parts;
  #observer;
  // Stays for which a page is on its way.
  #busy = new WeakSet();

  // `side` is "before" for older messages or "after" for newer ones, as their cursors are called in pages and in the stay that
  // `visitNow()` tells. `show(messages)` gets what came, newest first; `showBroken(again)` is called when it did not come.
  constructor(marker, side, { visitNow, show, showBroken }) {
    this.#marker = marker;
    this.#side = side;
    this.#parts = { visitNow, show, showBroken };
    const load = (entries) => entries.at(-1).isIntersecting && this.#load();
    this.#observer = new IntersectionObserver(load, { root: byId("log-scroll"), rootMargin: `${NEAR_PX}px 0px` });
  }

  // Looks again whether the end is near, because an observer only tells of changes.
  watch() {
    this.#observer.unobserve(this.#marker);
    this.#observer.observe(this.#marker);
  }

  async #load() {
    const { visitNow, show, showBroken } = this.#parts;
    const visit = visitNow();
    if (!visit?.isLoaded || visit[this.#side] === null || this.#busy.has(visit)) return;
    this.#busy.add(visit);
    try {
      const page = await api.messages(visit.username, { [this.#side]: visit[this.#side], limit: PAGE_SIZE });
      if (visitNow() !== visit) return;
      visit[this.#side] = page[this.#side];
      show(page.messages);
      this.watch();
    } catch {
      if (visitNow() === visit) showBroken(() => this.#load());
    } finally {
      this.#busy.delete(visit);
    }
  }
}
