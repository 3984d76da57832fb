// The Markdown buttons and keys of the composer: each puts marks round the selection or in front of its lines.
import { byId } from "../dom.js";

const ROUND = { bold: "**", italic: "*", code: "`" };
const IN_FRONT = { list: "- ", quote: "> " };
const KEYS = { b: "bold", i: "italic" };
// With a selection; without one the key is that of the search.
const LINK_KEY = "k";

// Replaces part of the text so that the browser's own undo still works.
export function replaceRange(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  // The one way that keeps undo; the other serves browsers that refuse it.
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function wrap(field, mark) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const selected = value.slice(start, end);
  const isWrapped = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark;
  if (isWrapped) {
    replaceRange(field, start - mark.length, end + mark.length, selected);
    field.setSelectionRange(start - mark.length, end - mark.length);
  } else {
    replaceRange(field, start, end, mark + selected + mark);
    field.setSelectionRange(start + mark.length, end + mark.length);
  }
}

function codeBlock(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const before = start === 0 || value[start - 1] === "\n" ? "" : "\n";
  replaceRange(field, start, end, `${before}\`\`\`\n${value.slice(start, end)}\n\`\`\`\n`);
}

function prefixLines(field, prefix) {
  const { selectionStart, selectionEnd, value } = field;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const lines = value.slice(start, selectionEnd).split("\n");
  const marked = lines.every((line) => line.startsWith(prefix));
  replaceRange(field, start, selectionEnd, lines.map((line) => marked ? line.slice(prefix.length) : prefix + line).join("\n"));
}

function link(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const selected = value.slice(start, end) || "text";
  replaceRange(field, start, end, `[${selected}](https://)`);
  const addressEnd = start + selected.length + "[](https://".length;
  field.setSelectionRange(addressEnd, addressEnd);
}

function applyFormat(field, format) {
  const spansLines = field.value.slice(field.selectionStart, field.selectionEnd).includes("\n");
  if (format === "code" && spansLines) codeBlock(field);
  else if (ROUND[format]) wrap(field, ROUND[format]);
  else if (IN_FRONT[format]) prefixLines(field, IN_FRONT[format]);
  else link(field);
}

export function startFormatting(field, isMarkdown) {
  for (const button of byId("format-tools").querySelectorAll("[data-format]")) {
    // Keeps the selection of the text while the button is pressed.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => applyFormat(field, button.dataset.format));
  }
  field.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const isSelected = field.selectionStart !== field.selectionEnd;
    const format = key === LINK_KEY && isSelected ? "link" : KEYS[key];
    if (!format || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !isMarkdown()) return;
    event.preventDefault();
    applyFormat(field, format);
  });
}
