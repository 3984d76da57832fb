// A picture nearer and farther, and moved about: by wheel, two fingers, double click, keys and buttons.
const LARGEST = 8;
const STEP = 1.5;
const WHEEL_PX = 100;
const DOUBLE_CLICK = 2.5;
const KEY_MOVE_PX = 80;

export class Zoom {
  #image;
  #scale = 1;
  #x = 0;
  #y = 0;
  // Where the fingers, or the pressed mouse, are.
  #pointers = new Map();

  constructor(image) {
    this.#image = image;
    image.addEventListener("wheel", (event) => {
      event.preventDefault();
      // A touchpad tells of many small turns, a wheel of few large ones.
      const turn = Math.max(-1, Math.min(1, -event.deltaY / WHEEL_PX));
      this.#zoomAt(this.#scale * STEP ** turn, event);
    }, { passive: false });
    image.addEventListener("dblclick", (event) => this.#zoomAt(this.isNear ? 1 : DOUBLE_CLICK, event));
    image.addEventListener("pointerdown", (event) => this.#take(event));
    image.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) image.addEventListener(end, ({ pointerId }) => this.#pointers.delete(pointerId));
  }

  get isNear() {
    return this.#scale > 1;
  }

  reset() {
    this.#pointers.clear();
    this.#set(1, 0, 0);
  }

  nearer() {
    this.#zoomAt(this.#scale * STEP);
  }

  farther() {
    this.#zoomAt(this.#scale / STEP);
  }

  // Moves what is looked at; `right` and `down` are -1, 0 or 1.
  look(right, down) {
    this.#set(this.#scale, this.#x - right * KEY_MOVE_PX, this.#y - down * KEY_MOVE_PX);
  }

  // Keeps the point under the pointer where it is; without one, the middle.
  #zoomAt(scale, point = null) {
    const wanted = Math.min(LARGEST, Math.max(1, scale));
    const box = this.#image.getBoundingClientRect();
    const right = point ? point.clientX - (box.left + box.width / 2) : 0;
    const down = point ? point.clientY - (box.top + box.height / 2) : 0;
    const growth = wanted / this.#scale;
    this.#set(wanted, this.#x + right * (1 - growth), this.#y + down * (1 - growth));
  }

  // The picture may not be moved further than to its edges.
  #set(scale, x, y) {
    const most = (length, room) => Math.max(0, (length * scale - room) / 2);
    const { offsetWidth, offsetHeight, parentElement } = this.#image;
    const [mostX, mostY] = [most(offsetWidth, parentElement.clientWidth), most(offsetHeight, parentElement.clientHeight)];
    this.#scale = scale;
    this.#x = Math.max(-mostX, Math.min(mostX, x));
    this.#y = Math.max(-mostY, Math.min(mostY, y));
    this.#image.style.transform = scale === 1 ? "" : `translate(${this.#x}px, ${this.#y}px) scale(${scale})`;
    this.#image.classList.toggle("near", scale > 1);
  }

  #take(event) {
    event.preventDefault();
    this.#image.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const other = [...this.#pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    this.#pointers.set(event.pointerId, event);
    if (!other) {
      if (this.isNear) this.#set(this.#scale, this.#x + event.clientX - before.clientX, this.#y + event.clientY - before.clientY);
      return;
    }
    const distance = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
    this.#zoomAt(this.#scale * distance(event) / Math.max(1, distance(before)), middle);
  }
}
