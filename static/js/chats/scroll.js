// Where the reader stands in the log: held at the newest message if they were there, held in place if they were not.

// This close to the end counts as being there.
const NEAR_END_PX = 60;

export class Scroller {
  #box;
  #atEnd = true;
  #onMove;
  // Whether the end is the newest message, so that whoever is there stays there.
  follows = true;

  // `onMove` is called when the reader arrives at the end or leaves it.
  constructor(box, contents, onMove) {
    this.#box = box;
    this.#onMove = onMove;
    box.addEventListener("scroll", () => this.#look(), { passive: true });
    // The window, the composer or a message changed its height.
    const observer = new ResizeObserver(() => this.#atEnd && this.follows && this.toEnd());
    observer.observe(box);
    for (const content of contents) observer.observe(content);
  }

  get atEnd() {
    return this.#atEnd;
  }

  toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#look();
  }

  // Brings an element into the upper part of the view, for the first unread message or one that was looked for.
  toElement(element) {
    const distance = element.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
    this.#box.scrollTop += distance - this.#box.clientHeight / 4;
    this.#look();
  }

  // Runs a change above the reader so that what they look at stays where it is.
  keepPlace(change) {
    const edge = this.#box.getBoundingClientRect().top;
    const seen = [...this.#box.querySelectorAll(".message")].find((message) => message.getBoundingClientRect().bottom > edge);
    const before = seen?.getBoundingClientRect().top;
    change();
    if (seen) this.#box.scrollTop += seen.getBoundingClientRect().top - before;
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (atEnd === this.#atEnd) return;
    this.#atEnd = atEnd;
    this.#onMove(atEnd);
  }
}
