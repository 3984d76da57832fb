// The menu of a message: by its button, by Enter or the menu key on the message, or by a long press.
import { byId, el, icon, setChildren } from "../dom.js";
import { placeBeside } from "../place.js";
import { texts } from "../texts.js";
import { actionsFor } from "./actions.js";

const words = texts.actions;
const menu = byId("message-menu");
const box = byId("log-scroll");
// The log may settle a little after a key has moved it.
const SETTLING_PX = 40;
let openedAt = 0;

function buildItem({ name, icon: iconName, key, run, href }, message, element) {
  const keyName = words.keys[key] ?? key?.toUpperCase();
  const content = [icon(iconName), el("span", {}, words[name]), key && el("kbd", { "aria-hidden": "true" }, keyName)];
  const item = { class: "menu-item", role: "menuitem", tabindex: "-1", dataset: { action: name } };
  if (href) return el("a", { ...item, href: href(message), download: message.file.name, onclick: () => menu.hidePopover() }, content);
  const choose = () => {
    // Closing gives the focus back, so that what opens next can give it back in its turn.
    menu.hidePopover();
    run(message, element);
  };
  return el("button", { ...item, type: "button", onclick: choose }, content);
}

export function openMessageMenu(message, element, anchor = element.querySelector(".bubble")) {
  if (menu.matches(":popover-open")) return;
  setChildren(menu, actionsFor(message).map((action) => buildItem(action, message, element)));
  openedAt = box.scrollTop;
  menu.showPopover();
  placeBeside(menu, anchor);
  menu.firstElementChild.focus();
}

function step(event) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  if (event.key === "Tab") menu.hidePopover();
  else if (event.key in places) items.at(places[event.key] % items.length).focus();
  else return;
  event.preventDefault();
}

menu.addEventListener("keydown", step);
// What it stands beside moves away.
box.addEventListener("scroll", () => {
  if (menu.matches(":popover-open") && Math.abs(box.scrollTop - openedAt) > SETTLING_PX) menu.hidePopover();
}, { passive: true });
