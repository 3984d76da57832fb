// The menu on top: own picture and status, the switch of both, theme, sign out, and the unread count.
import { api } from "./api.js";
import { avatar, displayName } from "./avatar.js";
import { on } from "./bus.js";
import { byId, setNotice } from "./dom.js";
import { session } from "./session.js";
import { noteUser, unreadTotal, userNamed } from "./state.js";
import { rememberTheme } from "./storage.js";
import { texts } from "./texts.js";
import { setUnread } from "./title.js";

export function startMenu() {
  const { fullname, picture, status } = byId("me-button").dataset;
  noteUser(session.me, { status: status || null, online: true, me: true, profile: { fullname, picture: picture || null } });
  showMe();
  on("users", showMe);
  on("user", ({ username }) => username === session.me && showMe());
  on("conversations", showUnread);
  startStatusSwitch();
  startThemeSwitch();
  byId("sign-out").addEventListener("click", signOut);
}

// What one has chosen, which for oneself counts also while others cannot see it.
function ownStatus() {
  return userNamed(session.me).status ?? "Online";
}

function showMe() {
  const me = { ...userNamed(session.me), online: true, status: ownStatus() };
  byId("me-button").dataset.status = me.status;
  byId("me-avatar").replaceChildren(avatar(me, { size: "s" }));
  byId("me-name").textContent = displayName(me);
  byId("me-status").textContent = texts.presence[me.status] ?? me.status;
  for (const button of document.querySelectorAll("[data-set-status]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setStatus === me.status));
  }
}

function showUnread() {
  const total = unreadTotal();
  const badge = byId("unread-total");
  badge.hidden = total === 0;
  badge.textContent = total > 99 ? "99+" : String(total);
  badge.setAttribute("aria-label", texts.unread(total));
  setUnread(total);
}

function startStatusSwitch() {
  for (const button of document.querySelectorAll("[data-set-status]")) {
    button.addEventListener("click", async () => {
      button.setAttribute("aria-busy", "true");
      try {
        const { status } = await api.setStatus(button.dataset.setStatus);
        noteUser(session.me, { status });
        setNotice(byId("menu-error"), null);
        byId("me-menu").hidePopover();
      } catch (error) {
        setNotice(byId("menu-error"), error.message);
      } finally {
        button.removeAttribute("aria-busy");
      }
    });
  }
}

function startThemeSwitch() {
  const buttons = [...document.querySelectorAll("[data-set-theme]")];
  const show = (choice) => {
    if (choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.setTheme === choice));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      rememberTheme(button.dataset.setTheme);
      show(button.dataset.setTheme);
    });
  }
  // Another tab chose.
  addEventListener("storage", (event) => event.key === "kith.theme" && show(event.newValue ?? "system"));
  show(document.documentElement.dataset.theme ?? "system");
}

async function signOut() {
  try {
    await api.signOut();
    location.assign("/login");
  } catch (error) {
    setNotice(byId("menu-error"), error.message);
  }
}
