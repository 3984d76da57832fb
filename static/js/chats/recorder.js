// Voice notes, where the browser may record: on a page that it takes for safe, which one at a plain address of the network is not.
import { byId, setNotice } from "../dom.js";
import { session } from "../session.js";
import { texts } from "../texts.js";

const words = texts.recording;
// Types that other browsers can play, the best first. What a recorder writes is a stream without its length at the head.
const TYPES = ["audio/ogg;codecs=opus", "audio/mp4", "audio/webm;codecs=opus"];
const ENDINGS = { "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/webm": "webm" };
const BITS_PER_SECOND = 32_000;
// How often the recorder hands over what it has, and the clock moves.
const SLICE_MS = 500;

const button = byId("record-button");
const strip = byId("recording");
let sendNote = () => {};
let running = null;

export const mayRecord = () => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function fileName(type) {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${words.fileName} ${day} ${two(now.getHours())}.${two(now.getMinutes())}.${ENDINGS[type]}`;
}

async function start() {
  if (running) return;
  running = { parts: [], bytes: 0, since: performance.now(), isWanted: false };
  const note = running;
  try {
    note.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    running = null;
    setNotice(byId("recording-refused"), words.refused);
    return;
  }
  // The conversation was left before the browser was allowed to listen.
  if (running !== note) {
    release(note);
    return;
  }
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  note.recorder = new MediaRecorder(note.stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
  note.recorder.addEventListener("dataavailable", ({ data }) => take(note, data));
  note.recorder.addEventListener("stop", () => finish(note));
  note.since = performance.now();
  note.recorder.start(SLICE_MS);
  setNotice(byId("recording-refused"), null);
  strip.hidden = false;
  showClock(note);
  byId("recording-send").focus();
}

function showClock(note) {
  byId("recording-clock").textContent = clock((performance.now() - note.since) / 1000);
}

function take(note, data) {
  note.parts.push(data);
  note.bytes += data.size;
  showClock(note);
  // One more slice might not fit.
  if (note.bytes + data.size > session.fileLimitBytes && note.recorder.state === "recording") end(true);
}

function end(isWanted) {
  if (!running) return;
  const note = running;
  running = null;
  note.isWanted = isWanted;
  strip.hidden = true;
  if (note.recorder) note.recorder.stop();
}

function release(note) {
  for (const track of note.stream.getTracks()) track.stop();
}

function finish(note) {
  release(note);
  if (!note.isWanted) return;
  const type = note.recorder.mimeType.split(";")[0];
  sendNote(new File(note.parts, fileName(type), { type }));
}

// Leaving the conversation throws away what is being recorded for it.
export function stopRecording() {
  end(false);
  setNotice(byId("recording-refused"), null);
}

// `send(file)` sends a note that is done.
export function startRecorder(send) {
  sendNote = send;
  button.hidden = !mayRecord();
  button.addEventListener("click", start);
  byId("recording-send").addEventListener("click", () => end(true));
  byId("recording-drop").addEventListener("click", () => {
    end(false);
    button.focus();
  });
  strip.addEventListener("keydown", (event) => event.key === "Escape" && end(false));
}
