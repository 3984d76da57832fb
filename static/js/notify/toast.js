// News in a corner of the page: who wrote what, with the way there. It goes by itself, unless the reader is at it.
import { avatar, displayName } from "../avatar.js";
import { byId, el, iconButton } from "../dom.js";
import { texts } from "../texts.js";

const SHOWN_MS = 7000;
const MOST = 3;

export function showToast({ user, href, words }) {
  const toasts = byId("toasts");
  const link = el("a", { class: "toast-link", href }, avatar(user), el("b", {}, displayName(user)), el("span", {}, words));
  const toast = el("div", { class: "toast", dataset: { username: user.username } }, link, iconButton("close", texts.close, () => toast.remove()));
  link.addEventListener("click", () => toast.remove());
  // One for each sender: the newest says enough.
  dropToasts((username) => username === user.username);
  while (toasts.childElementCount >= MOST) toasts.firstElementChild.remove();
  toasts.append(toast);
  leaveLater(toast);
}

// Takes away what is no news any more: from those of whom `isOld(username)` is true.
export function dropToasts(isOld) {
  for (const toast of [...byId("toasts").children]) if (isOld(toast.dataset.username)) toast.remove();
}

function leaveLater(toast) {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) leaveLater(toast);
    else toast.remove();
  }, SHOWN_MS);
}
