// The login page: shows and hides the password, logs in, and says plainly why it did not work.
import { api } from "../api.js";
import { byId, setNotice, whileBusy } from "../dom.js";
import { texts } from "../texts.js";

const form = byId("login-form");
const button = byId("login-button");
const errorNotice = byId("login-error");

// Only an address of this node is followed, whatever the query said.
function whereNext() {
  const wanted = new URL(form.dataset.next ?? "/chats", location.origin);
  return wanted.origin === location.origin ? wanted.href : "/chats";
}

// Counts the seconds down that the node asked us to wait, with the button out of reach.
async function waitOut(seconds) {
  button.disabled = true;
  for (let left = seconds; left > 0; left -= 1) {
    setNotice(errorNotice, texts.errors.waitSeconds(left));
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  setNotice(errorNotice, null);
  button.disabled = false;
}

async function logIn() {
  const username = byId("username").value.trim();
  try {
    await whileBusy(button, () => api.logIn(username, byId("password").value));
    location.assign(whereNext());
  } catch (error) {
    setNotice(errorNotice, error.message);
    if (error.status === 401) byId("password").select();
    if (error.status === 429 && error.retryAfterSeconds) await waitOut(error.retryAfterSeconds);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!button.disabled) logIn();
});

byId("show-password").addEventListener("click", ({ currentTarget: toggle }) => {
  const show = byId("password").type === "password";
  byId("password").type = show ? "text" : "password";
  const words = show ? texts.login.hide : texts.login.show;
  toggle.setAttribute("aria-pressed", String(show));
  toggle.setAttribute("aria-label", words);
  toggle.title = words;
  toggle.querySelector("use").setAttribute("href", show ? "#i-eye-off" : "#i-eye");
});

// The button waits in the page for this script, so that no password is ever sent the plain way of a form.
button.disabled = false;
