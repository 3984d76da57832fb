// Passing a message on: a dialog with everybody who is known, those talked to lately first. The node makes the new messages of what it has.
import { api } from "../api.js";
import { avatar, displayName } from "../avatar.js";
import { emit } from "../bus.js";
import { byId, el, setChildren, setNotice, syncChildren, whileBusy } from "../dom.js";
import { presenceSentence } from "../presence.js";
import { plainWords } from "../richtext.js";
import { conversationList, otherUsers, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { flash } from "./flash.js";

const words = texts.forward;
const dialog = byId("forward-dialog");
const filter = byId("forward-filter");
const choices = byId("forward-choices");
const button = byId("forward-send");
const chosen = new Set();
let message = null;

function everybody() {
  const talkedTo = conversationList().map((conversation) => userNamed(conversation.with));
  const names = new Set(talkedTo.map(({ username }) => username));
  const others = otherUsers().filter(({ username }) => !names.has(username)).sort((a, b) => displayName(a).localeCompare(displayName(b)));
  return [...talkedTo, ...others].filter(({ blocked }) => !blocked);
}

function build(user) {
  const box = el("input", { type: "checkbox", value: user.username });
  box.addEventListener("change", () => {
    if (box.checked) chosen.add(user.username);
    else chosen.delete(user.username);
    showChosen();
  });
  return el("label", { class: "forward-choice" }, box, el("span"), el("span", { class: "forward-name" }, el("b"), el("small")));
}

function update(choice, user) {
  const [box, face, name] = choice.children;
  box.checked = chosen.has(user.username);
  setChildren(face, avatar(user, { size: "s" }));
  name.firstChild.textContent = displayName(user);
  name.lastChild.textContent = presenceSentence(user);
}

function showChoices() {
  const wanted = filter.value.trim().toLocaleLowerCase();
  const fits = (user) => chosen.has(user.username) || [user.username, displayName(user)].some((text) => text.toLocaleLowerCase().includes(wanted));
  const people = everybody().filter(fits);
  syncChildren(choices, people, { key: (user) => user.username, build, update });
  setNotice(byId("forward-nobody"), people.length === 0 ? words.nobody(filter.value.trim()) : null);
}

function showChosen() {
  button.disabled = chosen.size === 0;
  byId("forward-count").textContent = words.send(chosen.size);
}

export function openForward(forwarded) {
  message = forwarded;
  chosen.clear();
  filter.value = "";
  byId("forward-what").textContent = message.file ? message.file.name : plainWords(message.html);
  setNotice(byId("forward-error"), null);
  showChoices();
  showChosen();
  dialog.showModal();
  filter.focus();
}

// Those who could not be sent to stay chosen, so that pressing again tries them again.
async function send() {
  const sentTo = [];
  try {
    for (const username of [...chosen]) {
      emit("message", { message: await api.forward(username, message.id) });
      chosen.delete(username);
      sentTo.push(displayName(userNamed(username)));
    }
    dialog.close();
  } catch (error) {
    setNotice(byId("forward-error"), error.message);
    showChoices();
  }
  if (sentTo.length > 0) flash(words.sent(sentTo));
}

filter.addEventListener("input", showChoices);
filter.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  // With one hit left, Enter takes it.
  const boxes = choices.querySelectorAll("input");
  if (boxes.length === 1 && !boxes[0].checked) boxes[0].click();
  else if (chosen.size > 0) button.click();
});
button.addEventListener("click", () => whileBusy(button, send).then(showChosen));
byId("forward-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
