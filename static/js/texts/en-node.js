// What en.js says of the page about one's node.
import { several } from "../language.js";

const things = (count) => several(count, "message or file", "messages and files");

export const node = {
  broken: "What this node knows of itself could not be loaded",
  stale: "This is as it was a while ago: your node does not answer at the moment.",
  summary: (version, uptime) => `kith ${version}, running for ${uptime}`,
  days: (count) => several(count, "day", "days"),
  hours: (count) => several(count, "hour", "hours"),
  minutes: (count) => several(count, "minute", "minutes"),
  underAMinute: "less than a minute",
  setAside: (names) => `This node could not read its database and went on with an empty one. Nothing was deleted: earlier messages are in the data folder as ${names}. Whoever runs the node can repair that file or restore a backup, and move it away; then this notice goes.`,

  state: {
    loginServer: "Login server",
    reachable: (address) => `Reachable at ${address}`,
    unreachable: (address) => `Not reachable at ${address}. You can go on chatting; who is online is as last known.`,
    people: "Who is online",
    listed: (age, nodes) => `${several(nodes, "other node", "other nodes")}, as of ${age}`,
    notListed: "Not known yet: the login server has not said so since this node was started",
    address: "Others reach it at",
    messages: "Messages on disk",
    files: "Files on disk",
    filesAmount: (count, size) => `${size} in ${several(count, "file", "files")}`,
    secondsAgo: (count) => count < 5 ? "now" : `${count} s ago`,
    minutesAgo: (count) => `${count} min ago`,
    hoursAgo: (count) => `${count} h ago`,
  },

  outbox: {
    empty: "Nothing waits",
    emptyHint: "All that was sent from this node has arrived, or has failed and says so in its conversation.",
    whole: (count, age) => `${things(count)} ${count === 1 ? "waits" : "wait"} on this node, the oldest sent ${age}.`,
    copies(held, waiting, copies) {
      if (held === 0) return "No other node holds a copy.";
      const what = held < waiting ? `${held} of them` : waiting === 1 ? "it" : "all of them";
      return `Other nodes hold ${several(copies, "copy", "copies")} of ${what}, and hand them over even while this node is off.`;
    },
    yours: "Yours",
    noneOfYours: "None of them is yours.",
    amount: (count) => several(count, "waits", "wait"),
    since: (age) => `the oldest sent ${age}`,
    heldElsewhere: (held, waiting, copies) => `${several(copies, "copy", "copies")} of ${held === waiting ? (waiting === 1 ? "it" : "all") : held} with other nodes`,
    notHeld: "no copy elsewhere",
    trouble: (reason) => `last try: ${reason}`,
    more: (count) => `and ${several(count, "more person", "more people")}`,
  },

  held: {
    empty: "Nothing is held here for others",
    about: (total, days) => `When somebody is away, a few nodes keep what is for them and hand it over when they are back. This node gives up to ${total} to that, each for ${several(days, "day", "days")} at most.`,
    nothingHeld: "This node holds nothing for people of other nodes: it is set so.",
    whole: (count, size, total) => `${things(count)}, ${size} of ${total}`,
    addressees: "For whom",
    addresseesHint: (size) => `Up to ${size} for each`,
    depositors: "By whom",
    depositorsHint: (size, count) => `Up to ${size} and ${count} pieces of each; then their own oldest make room`,
    amount: (count, size) => `${count} · ${size}`,
    amountSpoken: (count, size) => `${things(count)}, ${size}`,
    since: (age) => `the oldest came ${age}`,
    more: (count) => `and ${count} more with less`,
    bar: (who) => `Share of ${who}`,
    barOfAll: "All that is held",
  },

  plots: {
    span: (minutes) => `The last ${several(minutes, "minute", "minutes")}, as far as this node was running.`,
    tooEarly: "This node has only just been started; in a minute there is something to see.",
    most: (amount) => `highest ${amount}`,
    spoken: (title, now, most) => `${title}: ${now} now, ${most} at most`,
    messagesIn: { title: "Messages from other nodes", amount: (value) => `${value} a minute` },
    deliveries: { title: "Messages delivered", amount: (value) => `${value} a minute` },
    deliverySeconds: { title: "Time until delivery", amount: (value) => `${value} s` },
    commitMilliseconds: { title: "Time until on disk", amount: (value) => `${value} ms` },
    writes: { title: "Writes to the database", amount: (value) => `${value} a second` },
    sockets: { title: "Open tabs", amount: (value) => `${value}` },
    outbox: { title: "Waiting to be delivered", amount: (value) => `${value}` },
    held: { title: "Held for others", amount: (value) => `${value}` },
    refusals: { title: "Calls refused", amount: (value) => `${value} a minute` },
    memory: { title: "Memory", amount: (value) => `${value} MB` },
    log: { title: "Log of the database", amount: (value) => `${value} MB` },
    cpu: { title: "Processor", amount: (value) => `${value} % of a core` },
  },
};
