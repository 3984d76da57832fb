// The browser's own notifications: they show while the page is in the background. Asked for by a button alone.

// "granted", "denied", "default" (not asked yet), or "missing": browsers have none on a page that comes over plain HTTP from another machine.
export function notifyPermission() {
  return "Notification" in globalThis && isSecureContext ? Notification.permission : "missing";
}

export async function askToNotify() {
  if (notifyPermission() === "default") await Notification.requestPermission();
}

// `open` is called when the reader chooses it.
export function showNotification({ id, title, body, picture, open }) {
  if (notifyPermission() !== "granted") return;
  try {
    const shown = new Notification(title, { body, icon: picture ?? "/static/img/icon-192.png", tag: id, silent: true, lang: document.documentElement.lang });
    shown.addEventListener("click", () => {
      shown.close();
      window.focus();
      open();
    });
  } catch {
    // Chromium on Android has them for service workers alone; the title still counts.
  }
}
