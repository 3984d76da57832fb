// How the node has fared in the last hour: a small plot for each figure, over the same time.
import { el, svgElement } from "../dom.js";
import { texts } from "../texts.js";

const words = texts.node.plots;
const WIDTH = 320;
const HEIGHT = 72;
// Where the line may go: none of it is cut off at the edges.
const EDGE = 2;

// The figure of a sample, by what it is called in the texts.
const FIGURES = {
  messagesIn: (sample) => sample.messages_in * 60,
  deliveries: (sample) => sample.deliveries * 60,
  deliverySeconds: (sample) => sample.delivery_s,
  commitMilliseconds: (sample) => sample.commit_ms,
  writes: (sample) => sample.writes,
  sockets: (sample) => sample.sockets,
  outbox: (sample) => sample.outbox,
  held: (sample) => sample.held,
  refusals: (sample) => sample.refusals * 60,
  memory: (sample) => sample.memory_mb,
  log: (sample) => sample.log_mb,
  cpu: (sample) => sample.cpu_percent,
};

const round = (value) => value >= 100 ? Math.round(value) : Number(value.toPrecision(2));

function line(values, times, highest) {
  const [begin, end] = [times[0], times.at(-1)];
  const x = (time) => EDGE + (time - begin) / Math.max(end - begin, 1) * (WIDTH - 2 * EDGE);
  const y = (value) => HEIGHT - EDGE - value / highest * (HEIGHT - 2 * EDGE);
  return values.map((value, at) => `${x(times[at]).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
}

function plot(name, samples) {
  const values = samples.map(FIGURES[name]);
  const times = samples.map((sample) => sample.at);
  const highest = Math.max(...values);
  const { title, amount } = words[name];
  const [now, most] = [amount(round(values.at(-1))), amount(round(highest))];
  const shape = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": words.spoken(title, now, most) };
  return el("figure", { class: "plot", dataset: { figure: name } },
    el("figcaption", {}, el("b", {}, title), el("span", {}, now), el("small", {}, words.most(most))),
    svgElement("svg", shape, svgElement("polyline", { points: line(values, times, Math.max(highest, 1e-6)) })));
}

export function plotsView({ samples }) {
  if (samples.length < 2) return [el("p", { class: "about-note" }, words.tooEarly)];
  const minutes = Math.max(Math.round((samples.at(-1).at - samples[0].at) / 60), 1);
  return [
    el("p", { class: "about-note" }, words.span(minutes)),
    el("div", { class: "plots" }, Object.keys(FIGURES).map((name) => plot(name, samples))),
  ];
}
