// Two soft tones, made here. Browsers stay silent until the reader has touched the page once.
const TONES = [{ hertz: 660, at: 0 }, { hertz: 880, at: 0.12 }];
const LENGTH_S = 0.28;
const LOUDNESS = 0.12;

let context = null;

export async function ring() {
  if (!("AudioContext" in globalThis)) return;
  context ??= new AudioContext();
  if (context.state === "suspended") await context.resume();
  for (const { hertz, at } of TONES) tone(hertz, context.currentTime + at);
}

function tone(hertz, start) {
  const volume = new GainNode(context, { gain: 0 });
  const source = new OscillatorNode(context, { type: "sine", frequency: hertz });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH_S);
  source.connect(volume).connect(context.destination);
  source.start(start);
  source.stop(start + LENGTH_S);
}
