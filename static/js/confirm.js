// A question before something that one may regret. Resolves to whether the reader said yes; the focus goes back to where it was.
import { el } from "./dom.js";
import { texts } from "./texts.js";

export function confirm({ title, text, action }) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      el("form", { method: "dialog" },
        el("h2", { id: "confirm-title" }, title),
        el("p", { id: "confirm-text" }, text),
        el("div", { class: "buttons" },
          el("button", { class: "button danger", value: "yes" }, action),
          el("button", { class: "button", value: "", autofocus: true }, texts.people.cancel))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
