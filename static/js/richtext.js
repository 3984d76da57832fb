// The one door for HTML: `message.html`, which the node has rendered and sanitised. Nothing else may be inserted as HTML.

// Replaces what `element` holds by the message's HTML.
export function showHtml(element, html) {
  element.innerHTML = html;
  for (const lineBreak of element.querySelectorAll("br")) {
    // The style sheet shows a newline as a line break; after <br> it would be a second one.
    const next = lineBreak.nextSibling;
    if (next?.nodeType === Node.TEXT_NODE) next.data = next.data.replace(/^\n/, "");
  }
  // Wide code scrolls in its box; the keyboard must reach it.
  for (const code of element.querySelectorAll("pre")) code.tabIndex = 0;
  for (const link of element.querySelectorAll("a[href]")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
}

// The words of a message without markup, for a line of preview. The parsed document is inert: it loads and runs nothing.
export function plainWords(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return parsed.body.textContent.replace(/\s+/g, " ").trim();
}
