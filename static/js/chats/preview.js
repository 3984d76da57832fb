// How the text will look: drawn by the node, as the message will be.
import { api } from "../api.js";
import { byId, el, setChildren } from "../dom.js";
import { showHtml } from "../richtext.js";
import { texts } from "../texts.js";

const words = texts.preview;
const button = byId("preview-button");
const place = byId("preview");
let field = null;
let textNow = () => "";
// Counts the previews, so that an answer to an earlier one is dropped.
let current = 0;

export function hidePreview() {
  current += 1;
  place.hidden = true;
  field.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.title = words.show;
}

async function show() {
  current += 1;
  const mine = current;
  button.setAttribute("aria-pressed", "true");
  button.title = words.hide;
  const drawn = el("div", { class: "rich" });
  try {
    showHtml(drawn, (await api.preview(textNow())).html);
  } catch (error) {
    setChildren(drawn, el("p", { class: "notice danger" }, error.message));
  }
  if (mine !== current) return;
  setChildren(place, drawn);
  place.hidden = false;
  field.hidden = true;
  place.focus();
}

// `text()` is what would be sent.
export function startPreview(textField, text) {
  field = textField;
  textNow = text;
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") {
      hidePreview();
      field.focus();
    } else {
      show();
    }
  });
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hidePreview();
    field.focus();
  });
}
