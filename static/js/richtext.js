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

// The document is inert: it loads and runs nothing. What the message answers stands in front of it as a quote, and is not what it says.
function parsedAnswer(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  while (body.children.length > 1 && body.firstElementChild.matches("blockquote")) body.firstElementChild.remove();
  return body;
}

// The words of a message without markup, for a line of preview.
export function plainWords(html) {
  return parsedAnswer(html).textContent.replace(/\s+/g, " ").trim();
}

// The same, with the lines as they are.
export function wordsByLine(html) {
  const body = parsedAnswer(html);
  for (const end of body.querySelectorAll("br, p, li, h1, h2, h3, h4, h5, h6, pre, tr")) end.after("\n");
  return body.textContent;
}
