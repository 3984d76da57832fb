// Choosing guests among the people who are known: a list of boxes to tick, with a filter once there are many.
import { avatar, displayName } from "../avatar.js";
import { el, setChildren, syncChildren } from "../dom.js";
import { otherUsers } from "../state.js";
import { texts } from "../texts.js";

const FILTER_FROM = 9;

// `without` says who is not to be offered, `nobodyLeft` what to say when that is everybody; call `refresh` when either may have changed.
export function guestPicker({ without = () => false, nobodyLeft = texts.events.nobodyToInvite } = {}) {
  const chosen = new Set();
  const filter = el("input", { type: "search", placeholder: texts.events.filterGuests, "aria-label": texts.events.filterGuests, autocomplete: "off" });
  const choices = el("div", { class: "guest-choices" });
  const nobody = el("p", { class: "muted" });
  const element = el("div", { class: "guest-picker" }, filter, choices, nobody);

  function build(user) {
    const box = el("input", { type: "checkbox", value: user.username });
    box.addEventListener("change", () => (box.checked ? chosen.add(user.username) : chosen.delete(user.username)));
    return el("label", { class: "guest-choice" }, box, el("span"), el("span"));
  }

  function update(choice, user) {
    const [box, face, name] = choice.children;
    box.checked = chosen.has(user.username);
    setChildren(face, avatar(user, { size: "s" }));
    name.textContent = displayName(user);
  }

  function refresh() {
    const people = otherUsers().filter((user) => !without(user.username));
    const wanted = filter.value.trim().toLocaleLowerCase();
    const fits = (user) => chosen.has(user.username) || [user.username, displayName(user)].some((text) => text.toLocaleLowerCase().includes(wanted));
    const byName = (a, b) => displayName(a).localeCompare(displayName(b));
    syncChildren(choices, people.filter(fits).sort(byName), { key: (user) => user.username, build, update });
    filter.hidden = people.length < FILTER_FROM;
    choices.hidden = people.length === 0;
    nobody.hidden = people.length > 0;
    nobody.textContent = otherUsers().length > 0 ? nobodyLeft : texts.events.nobodyToInvite;
    return people.length;
  }

  filter.addEventListener("input", refresh);
  // Enter in the filter is not meant to send the form round it.
  filter.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  return {
    element,
    refresh,
    chosen: () => [...chosen],
    clear() {
      chosen.clear();
      filter.value = "";
      refresh();
    },
  };
}
