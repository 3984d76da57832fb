// Events: what comes and what is over, a form to make one, and who comes.
import { api } from "../api.js";
import { startApp } from "../app.js";
import { on } from "../bus.js";
import { byId, el, icon, stateView, syncChildren } from "../dom.js";
import { buildCard, isOver, needsAnswer, updateCard } from "../events/card.js";
import { startForm } from "../events/form.js";
import { whileAgesGrow } from "../presence.js";
import { loadConversations, loadUsers } from "../state.js";
import { texts } from "../texts.js";

const words = texts.events;
const container = byId("events-list");
const comingLabel = el("h2", { class: "label" }, words.coming);
const pastLabel = el("h2", { class: "label" }, words.past);
const coming = el("div", { class: "event-cards" });
const past = el("div", { class: "event-cards" });
const emptiness = el("div");
const events = new Map();
let loaded = false;

function note(event) {
  events.set(event.id, event);
  render();
}

const form = startForm((made) => {
  note(made);
  const card = container.querySelector(`[data-event="${CSS.escape(made.id)}"]`);
  card?.scrollIntoView({ block: "nearest" });
  card?.focus();
});

function render() {
  if (!loaded) return;
  const all = [...events.values()];
  const byStart = (a, b) => a.start - b.start;
  const parts = { key: (event) => event.id, build: (event) => buildCard(event, note), update: updateCard };
  const next = all.filter((event) => !isOver(event)).sort(byStart);
  const over = all.filter(isOver).sort(byStart).reverse();
  syncChildren(coming, next, parts);
  syncChildren(past, over, parts);
  comingLabel.hidden = next.length === 0;
  pastLabel.hidden = over.length === 0;
  byId("events-summary").textContent = all.length ? words.summary(next.length, all.filter(needsAnswer).length) : "";
  emptiness.replaceChildren();
  if (all.length === 0) {
    emptiness.append(stateView({ iconName: "events", title: words.empty, text: words.emptyHint }));
  }
  if (!coming.isConnected) container.replaceChildren(comingLabel, coming, pastLabel, past, emptiness);
}

async function load() {
  try {
    const list = await api.events();
    events.clear();
    for (const event of list) events.set(event.id, event);
    loaded = true;
    render();
  } catch (error) {
    if (loaded) return;
    const again = el("button", { type: "button", class: "button", onclick: load }, icon("retry"), texts.tryAgain);
    container.replaceChildren(stateView({ iconName: "alert", title: words.broken, text: error.message, action: again }));
  }
}

// Something has changed about one event; the news says only which.
async function refresh({ id }) {
  try {
    note(await api.event(id));
  } catch (error) {
    if (error.status !== 404) return;
    events.delete(id);
    render();
  }
}

function showPeople() {
  form.refresh();
  render();
}

startApp().then(() => {
  on("event", refresh);
  on("resync", load);
  on("users", showPeople);
  on("user", showPeople);
  load();
  loadUsers().catch(() => {});
  loadConversations().catch(() => {});
});
whileAgesGrow(render);
