// Which kind a file is, by its content type: the kinds that play or show in the page, and words for all others.
import { texts } from "../texts.js";

const SHOWN_IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];
const ARCHIVES = /zip|tar|gzip|7z|rar|compressed/;
const ICONS = { image: "image", audio: "audio", video: "video" };

// "image", "audio", "video" and "pdf" are shown in the page; "archive", "text" and "other" are cards.
export function kindOf({ content_type: type }) {
  if (SHOWN_IMAGES.includes(type)) return "image";
  if (type.startsWith("audio/")) return "audio";
  if (type.startsWith("video/")) return "video";
  if (type === "application/pdf") return "pdf";
  if (ARCHIVES.test(type)) return "archive";
  return type.startsWith("text/") ? "text" : "other";
}

export function fileIcon(file) {
  return ICONS[kindOf(file)] ?? "file";
}

function extensionOf(name) {
  const match = /\.([A-Za-z0-9]{1,5})$/.exec(name);
  return match ? match[1].toUpperCase() : null;
}

// The few letters on the card of a file.
export function badgeOf(file) {
  return extensionOf(file.name) ?? texts.files.kinds[kindOf(file)].slice(0, 4).toUpperCase();
}

export function kindInWords(file) {
  const kind = kindOf(file);
  const extension = extensionOf(file.name);
  return kind === "other" && extension ? texts.files.ofType(extension) : texts.files.kinds[kind];
}
