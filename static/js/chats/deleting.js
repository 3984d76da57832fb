// Deleting a message for oneself, after asking.
import { api } from "../api.js";
import { displayName } from "../avatar.js";
import { emit } from "../bus.js";
import { byId, setNotice, whileBusy } from "../dom.js";
import { session } from "../session.js";
import { partnerOf, userNamed } from "../state.js";
import { texts } from "../texts.js";
import { flash } from "./flash.js";

const words = texts.deleting;
const dialog = byId("delete-dialog");
let asked = null;

function consequence(message) {
  const name = displayName(userNamed(partnerOf(message)));
  if (message.receipt === "failed") return words.nobodyHasIt;
  if (["pending", "relayed"].includes(message.receipt)) return words.onItsWay(name);
  return message.from === session.me ? words.theyKeepIt(name) : words.senderKeepsIt(name);
}

export function askToDelete(message) {
  asked = message;
  byId("delete-text").textContent = consequence(message);
  setNotice(byId("delete-error"), null);
  dialog.showModal();
}

async function remove() {
  try {
    await api.deleteMessage(asked.id);
  } catch (error) {
    // Gone already, by another tab.
    if (error.status !== 404) {
      setNotice(byId("delete-error"), error.message);
      return;
    }
  }
  dialog.close();
  emit("deleted", { id: asked.id, with: partnerOf(asked) });
  flash(words.done);
}

byId("delete-yes").addEventListener("click", ({ currentTarget }) => whileBusy(currentTarget, remove));
byId("delete-no").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
