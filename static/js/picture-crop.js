// Choosing the square of a picture that shows: drag it, pinch it, turn the wheel, move the slider, or use the keys.
import { el } from "./dom.js";
import { texts } from "./texts.js";

const words = texts.profile;
// What is sent; the node keeps it smaller still.
const OUTPUT_PX = 512;
const LARGEST_ZOOM = 5;
const KEY_STEP = 0.04;
const KEY_MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEY_ZOOMS = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 };

export class PictureCrop {
  #image;
  #onChange;
  #frame = el("div", { class: "crop-frame", tabindex: "0", role: "application", "aria-label": words.cropLabel });
  #slider = el("input", { type: "range", min: "0", max: "100", value: "0", id: "crop-zoom" });
  #zoom = 1;
  // The middle of the square, as shares of the picture's width and height.
  #x = 0.5;
  #y = 0.5;
  #pointers = new Map();

  // `image` is loaded; `onChange` is called with each other square.
  constructor(image, onChange) {
    this.#image = image;
    this.#onChange = onChange;
    image.draggable = false;
    this.#frame.append(image);
    this.element = el("div", { class: "crop" }, this.#frame,
      el("label", { class: "crop-zoom", for: "crop-zoom" }, words.zoom, this.#slider));
    this.#slider.addEventListener("input", () => this.#zoomTo(LARGEST_ZOOM ** (this.#slider.value / 100)));
    this.#frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#zoomTo(this.#zoom * 1.0015 ** -event.deltaY);
    }, { passive: false });
    this.#frame.addEventListener("keydown", (event) => this.#onKey(event));
    this.#frame.addEventListener("pointerdown", (event) => this.#grab(event));
    this.#frame.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.#frame.addEventListener(end, ({ pointerId }) => this.#pointers.delete(pointerId));
  }

  // To be called once the element is in the page and has a size.
  start() {
    this.#place();
    this.#frame.focus();
  }

  // How much of the picture the square shows, in its own pixels.
  get #side() {
    return Math.min(this.#image.naturalWidth, this.#image.naturalHeight) / this.#zoom;
  }

  #zoomTo(zoom) {
    this.#zoom = Math.min(LARGEST_ZOOM, Math.max(1, zoom));
    this.#slider.value = String(100 * Math.log(this.#zoom) / Math.log(LARGEST_ZOOM));
    this.#place();
  }

  // By shares of the square.
  #move(x, y) {
    this.#x += x * this.#side / this.#image.naturalWidth;
    this.#y += y * this.#side / this.#image.naturalHeight;
    this.#place();
  }

  // The square stays within the picture.
  #place() {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    const within = (middle, length) => Math.min(1 - this.#side / 2 / length, Math.max(this.#side / 2 / length, middle));
    this.#x = within(this.#x, width);
    this.#y = within(this.#y, height);
    const scale = this.#frame.clientWidth / this.#side;
    Object.assign(this.#image.style, {
      width: `${width * scale}px`,
      height: `${height * scale}px`,
      left: `${(this.#side / 2 - this.#x * width) * scale}px`,
      top: `${(this.#side / 2 - this.#y * height) * scale}px`,
    });
    this.#onChange();
  }

  #onKey(event) {
    const move = KEY_MOVES[event.key];
    const zoom = KEY_ZOOMS[event.key];
    if (!move && !zoom) return;
    event.preventDefault();
    if (move) this.#move(move[0] * KEY_STEP, move[1] * KEY_STEP);
    else this.#zoomTo(this.#zoom * zoom);
  }

  #grab(event) {
    this.#frame.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
  }

  #drag(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const size = this.#frame.clientWidth;
    const other = [...this.#pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other) {
      const distance = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      this.#zoomTo(this.#zoom * distance(event) / Math.max(1, distance(before)));
    } else {
      this.#move((before.clientX - event.clientX) / size, (before.clientY - event.clientY) / size);
    }
    this.#pointers.set(event.pointerId, event);
  }

  // The square on a canvas, `pixels` wide.
  draw(pixels, canvas = document.createElement("canvas")) {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    canvas.width = pixels;
    canvas.height = pixels;
    canvas.getContext("2d").drawImage(this.#image, this.#x * width - this.#side / 2, this.#y * height - this.#side / 2, this.#side, this.#side, 0, 0, pixels, pixels);
    return canvas;
  }

  // As a file to send; PNG keeps what is transparent.
  toFile(type) {
    return new Promise((resolve) => this.draw(OUTPUT_PX).toBlob(resolve, type === "image/jpeg" ? type : "image/png", 0.92));
  }
}
