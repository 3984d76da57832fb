// The form in which an event is made.
import { api } from "../api.js";
import { byId, setNotice, whileBusy } from "../dom.js";
import { texts } from "../texts.js";
import { guestPicker } from "./picker.js";

const HOUR_MS = 3_600_000;

const form = byId("event-form");
const opener = byId("event-new");
const start = byId("event-start");
const end = byId("event-end");
const picker = guestPicker();
// What lies between start and end; moving the start moves the end along.
let length = HOUR_MS;

// A time as the field has it: the reader's own clock, to the minute.
function fieldValue(milliseconds) {
  const local = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function milliseconds(field) {
  return new Date(field.value).getTime();
}

function show(isOpen) {
  form.hidden = !isOpen;
  opener.setAttribute("aria-expanded", String(isOpen));
  setNotice(byId("event-error"), null);
}

function open() {
  if (!start.value) {
    const nextHour = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
    start.value = fieldValue(nextHour);
    end.value = fieldValue(nextHour + length);
  }
  picker.refresh();
  show(true);
  byId("event-name").focus();
}

function close() {
  show(false);
  opener.focus();
}

function clear() {
  form.reset();
  length = HOUR_MS;
  picker.clear();
}

function entered() {
  const text = (id) => byId(id).value.trim();
  return {
    name: text("event-name"),
    description: text("event-description"),
    location: text("event-location"),
    start: milliseconds(start) / 1000,
    end: milliseconds(end) / 1000,
    guests: picker.chosen(),
  };
}

// `made` is called with each event that the node has stored.
export function startForm(made) {
  byId("event-guests").append(picker.element);
  opener.addEventListener("click", () => (form.hidden ? open() : close()));
  byId("event-cancel").addEventListener("click", close);
  form.addEventListener("keydown", (event) => event.key === "Escape" && close());
  start.addEventListener("change", () => {
    if (start.value) end.value = fieldValue(milliseconds(start) + length);
  });
  end.addEventListener("change", () => {
    const now = milliseconds(end) - milliseconds(start);
    if (now >= 0) length = now;
    end.setCustomValidity(now < 0 ? texts.events.endsFirst : "");
  });
  start.addEventListener("change", () => end.setCustomValidity(""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const stored = await whileBusy(byId("event-save"), () => api.makeEvent(entered()));
      clear();
      show(false);
      made(stored);
    } catch (error) {
      setNotice(byId("event-error"), error.message);
    }
  });
  return { refresh: () => picker.refresh() };
}
