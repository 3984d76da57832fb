// About this node: how it is doing, what waits, and what it holds for others. Read again every half minute, and when something happens.
import { heldView } from "../about-node/held.js";
import { outboxView } from "../about-node/outbox.js";
import { plotsView } from "../about-node/plots.js";
import { spanInWords, stateFacts } from "../about-node/state.js";
import { api } from "../api.js";
import { startApp } from "../app.js";
import { on } from "../bus.js";
import { byId, el, icon, setChildren, stateView } from "../dom.js";
import { whileAgesGrow } from "../presence.js";
import { loadConversations, loadUsers } from "../state.js";
import { texts } from "../texts.js";

// Much may happen at once; it is read again once for all of it.
const GATHER_MS = 500;

let node = null;
let reading = null;

function render() {
  byId("about-loading").hidden = true;
  byId("about-broken").replaceChildren();
  byId("about-sections").hidden = false;
  byId("about-summary").textContent = texts.node.summary(node.version, spanInWords(node.uptime_s));
  const { set_aside: setAside } = node.storage;
  setChildren(byId("about-trouble"), setAside.length > 0 && el("p", { class: "notice danger" }, texts.node.setAside(setAside.join(", "))));
  setChildren(byId("about-state"), stateFacts(node));
  setChildren(byId("about-outbox"), outboxView(node.outbox));
  setChildren(byId("about-held"), heldView(node.held));
}

// What is on the page stays there, marked as old; where there is nothing yet, the way out is offered.
function showBroken(error) {
  if (node) {
    byId("about-summary").textContent = texts.node.stale;
    return;
  }
  byId("about-loading").hidden = true;
  const again = el("button", { type: "button", class: "button", onclick: read }, icon("retry"), texts.tryAgain);
  byId("about-broken").replaceChildren(stateView({ iconName: "alert", title: texts.node.broken, text: error.message, action: again }));
}

async function read() {
  try {
    node = await api.node();
    render();
    // Without it the rest still holds.
    api.nodeHistory().then((history) => setChildren(byId("about-plots"), plotsView(history))).catch(() => {});
  } catch (error) {
    showBroken(error);
  }
}

function readSoon() {
  reading ??= setTimeout(() => {
    reading = null;
    read();
  }, GATHER_MS);
}

for (const topic of ["receipt", "message", "presence", "login_server", "resync"]) on(topic, readSoon);
on("users", () => node && render());
on("connection", ({ up }) => !up && node && showBroken());
startApp().then(() => {
  read();
  // Names; without them user names are shown.
  loadUsers().catch(() => {});
  loadConversations().catch(() => {});
});
whileAgesGrow(read);
