// What de.js says of the page about one's node.
import { several } from "../language.js";

const things = (count) => several(count, "Nachricht oder Datei", "Nachrichten und Dateien");

export const node = {
  broken: "Was dieser Knoten über sich weiß, konnte nicht geladen werden",
  stale: "So war es vor einer Weile: Dein Knoten antwortet gerade nicht.",
  summary: (version, uptime) => `kith ${version}, läuft seit ${uptime}`,
  days: (count) => several(count, "Tag", "Tagen"),
  hours: (count) => several(count, "Stunde", "Stunden"),
  minutes: (count) => several(count, "Minute", "Minuten"),
  underAMinute: "weniger als einer Minute",
  setAside: (names) => `Dieser Knoten konnte seine Datenbank nicht lesen und hat mit einer leeren weitergemacht. Gelöscht wurde nichts: Frühere Nachrichten liegen im Datenordner als ${names}. Wer den Knoten betreibt, kann die Datei reparieren oder eine Sicherung einspielen und sie wegräumen; dann verschwindet dieser Hinweis.`,

  state: {
    loginServer: "Anmeldeserver",
    reachable: (address) => `Erreichbar unter ${address}`,
    unreachable: (address) => `Nicht erreichbar unter ${address}. Du kannst weiter schreiben; wer da ist, wird so angezeigt, wie es zuletzt bekannt war.`,
    people: "Wer da ist",
    listed: (age, nodes) => `${several(nodes, "anderer Knoten", "andere Knoten")}, Stand ${age}`,
    notListed: "Noch nicht bekannt: Seit dem Start dieses Knotens hat der Anmeldeserver es nicht gesagt",
    address: "Für andere zu erreichen unter",
    messages: "Nachrichten auf der Festplatte",
    files: "Dateien auf der Festplatte",
    filesAmount: (count, size) => `${size} in ${several(count, "Datei", "Dateien")}`,
    secondsAgo: (count) => count < 5 ? "jetzt" : `vor ${count} Sek.`,
    minutesAgo: (count) => `vor ${count} Min.`,
    hoursAgo: (count) => `vor ${count} Std.`,
  },

  outbox: {
    empty: "Nichts wartet",
    emptyHint: "Alles, was von diesem Knoten aus geschickt wurde, ist angekommen oder gescheitert; das steht dann in der Unterhaltung.",
    whole: (count, age) => `${things(count)} ${count === 1 ? "wartet" : "warten"} auf diesem Knoten, das Älteste wurde ${age} geschickt.`,
    copies(held, waiting, copies) {
      if (held === 0) return "Kein anderer Knoten hat eine Kopie.";
      const what = held < waiting ? `von ${held} davon` : waiting === 1 ? "davon" : "von allen";
      return `Andere Knoten haben ${several(copies, "Kopie", "Kopien")} ${what} und geben sie weiter, auch wenn dieser Knoten aus ist.`;
    },
    yours: "Von dir",
    noneOfYours: "Davon ist nichts von dir.",
    amount: (count) => several(count, "wartet", "warten"),
    since: (age) => `das Älteste wurde ${age} geschickt`,
    heldElsewhere: (held, waiting, copies) => `${several(copies, "Kopie", "Kopien")} ${held === waiting ? (waiting === 1 ? "davon" : "von allen") : `von ${held}`} bei anderen Knoten`,
    notHeld: "keine Kopie anderswo",
    trouble: (reason) => `letzter Versuch: ${reason}`,
    more: (count) => `und ${several(count, "weitere Person", "weitere Personen")}`,
  },

  held: {
    empty: "Für andere liegt hier nichts",
    about: (total, days) => `Wenn jemand nicht da ist, bewahren ein paar Knoten auf, was für diese Person ist, und geben es ihr, sobald sie wieder da ist. Dieser Knoten hat dafür bis zu ${total} übrig, für jedes Stück höchstens ${several(days, "Tag", "Tage")} lang.`,
    nothingHeld: "Dieser Knoten bewahrt nichts für Leute anderer Knoten auf: So ist er eingestellt.",
    whole: (count, size, total) => `${things(count)}, ${size} von ${total}`,
    addressees: "Für wen",
    addresseesHint: (size) => `Bis zu ${size} für jede Person`,
    depositors: "Von wem",
    depositorsHint: (size, count) => `Bis zu ${size} und ${count} Stück von jeder Person; dann macht ihr Ältestes Platz`,
    amount: (count, size) => `${count} · ${size}`,
    amountSpoken: (count, size) => `${things(count)}, ${size}`,
    since: (age) => `das Älteste kam ${age}`,
    more: (count) => `und ${count} weitere mit weniger`,
    bar: (who) => `Anteil von ${who}`,
    barOfAll: "Alles, was hier aufbewahrt wird",
  },

  plots: {
    span: (minutes) => `Die letzten ${several(minutes, "Minute", "Minuten")}, soweit dieser Knoten lief.`,
    tooEarly: "Dieser Knoten wurde gerade erst gestartet; in einer Minute gibt es etwas zu sehen.",
    most: (amount) => `höchstens ${amount}`,
    spoken: (title, now, most) => `${title}: jetzt ${now}, höchstens ${most}`,
    messagesIn: { title: "Nachrichten anderer Knoten", amount: (value) => `${value} pro Minute` },
    deliveries: { title: "Zugestellte Nachrichten", amount: (value) => `${value} pro Minute` },
    deliverySeconds: { title: "Zeit bis zur Zustellung", amount: (value) => `${value} s` },
    commitMilliseconds: { title: "Zeit bis auf die Festplatte", amount: (value) => `${value} ms` },
    writes: { title: "Schreibvorgänge der Datenbank", amount: (value) => `${value} pro Sekunde` },
    sockets: { title: "Offene Tabs", amount: (value) => `${value}` },
    outbox: { title: "Wartet auf Zustellung", amount: (value) => `${value}` },
    held: { title: "Für andere aufbewahrt", amount: (value) => `${value}` },
    refusals: { title: "Abgelehnte Aufrufe", amount: (value) => `${value} pro Minute` },
    memory: { title: "Arbeitsspeicher", amount: (value) => `${value} MB` },
    log: { title: "Protokoll der Datenbank", amount: (value) => `${value} MB` },
    cpu: { title: "Prozessor", amount: (value) => `${value} % eines Kerns` },
  },
};
