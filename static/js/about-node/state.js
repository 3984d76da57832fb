// How the node is doing: login server, who is online, what is on the disk.
import { el } from "../dom.js";
import { sizeInWords } from "../sizes.js";
import { texts } from "../texts.js";

const words = texts.node.state;

// Ages that the node measured itself, so that the clock of the reader does not matter.
function ageInWords(seconds) {
  if (seconds < 60) return words.secondsAgo(seconds);
  if (seconds < 3600) return words.minutesAgo(Math.floor(seconds / 60));
  return words.hoursAgo(Math.floor(seconds / 3600));
}

export function spanInWords(seconds) {
  if (seconds < 60) return texts.node.underAMinute;
  if (seconds < 3600) return texts.node.minutes(Math.floor(seconds / 60));
  if (seconds < 86_400) return texts.node.hours(Math.floor(seconds / 3600));
  return texts.node.days(Math.floor(seconds / 86_400));
}

export function stateFacts({ address, login_server: loginServer, storage }) {
  const reach = loginServer.reachable ? words.reachable : words.unreachable;
  const isKnown = loginServer.list_age_s !== null;
  const facts = [
    [words.loginServer, reach(loginServer.address), { reachable: String(loginServer.reachable) }],
    [words.people, isKnown ? words.listed(ageInWords(loginServer.list_age_s), loginServer.nodes_listed) : words.notListed],
    [words.address, address],
    [words.messages, sizeInWords(storage.database_bytes)],
    [words.files, words.filesAmount(storage.files, sizeInWords(storage.files_bytes))],
  ];
  return el("dl", { class: "facts" }, facts.map(([term, value, dataset = {}]) => [el("dt", {}, term), el("dd", { dataset }, value)]));
}
