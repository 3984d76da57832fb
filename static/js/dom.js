// Builds elements without HTML strings: text is always text, so nothing that a peer wrote can become markup.
const SVG = "http://www.w3.org/2000/svg";

export function byId(id) {
  return document.getElementById(id);
}

// el("a", {class: "row", href: "/x", dataset: {username: "ana"}, onclick: f}, "text", child, null)
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

// Children may be nested in arrays; null, undefined, false and "" stand for 'nothing here'.
function present(children) {
  return children.flat(2).filter(Boolean);
}

export function setChildren(element, ...children) {
  element.replaceChildren(...present(children));
}

// A part of a drawing, which is in a namespace of its own.
export function svgElement(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(name, className = "icon") {
  return svgElement("svg", { class: className, "aria-hidden": "true" }, svgElement("use", { href: `#i-${name}` }));
}

export function iconButton(name, label, onclick = null) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(name));
}

// Shows `text` in a notice, or hides it when there is none.
export function setNotice(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

// Disables a button and turns its wheel while `work` runs.
export async function whileBusy(button, work) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

// A view that is empty or broken: icon, heading, a sentence, and perhaps a way out.
export function stateView({ iconName, title, text, action = null, small = false }) {
  return el("div", { class: small ? "state small" : "state" },
    iconName && icon(iconName),
    title && el("h2", {}, title),
    text && el("p", {}, text),
    action);
}

// Makes `container` hold exactly one element per item, in order; an element is built once per key and updated after that.
export function syncChildren(container, items, { key, build, update }) {
  const known = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let previous = null;
  for (const item of items) {
    const name = key(item);
    const element = known.get(name) ?? build(item);
    element.dataset.key = name;
    known.delete(name);
    update(element, item);
    const place = previous ? previous.nextSibling : container.firstChild;
    if (place !== element) container.insertBefore(element, place);
    previous = element;
  }
  for (const element of known.values()) element.remove();
}
