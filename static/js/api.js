// The node's JSON API, one function a call. Failures become an ApiError whose message can be shown to people.
import { session } from "./session.js";
import { texts } from "./texts.js";
import { told } from "./told.js";

export class ApiError extends Error {
  constructor(status, code, message, retryAfterSeconds = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  // True when the node never answered, so that it is not known what it did.
  get unreachable() {
    return this.status === 0;
  }
}

export function goToLogin() {
  const here = location.pathname + location.search;
  location.assign(`/login?next=${encodeURIComponent(here)}`);
}

// Makes an ApiError from an answer of the node; `body` is its text.
export function errorFrom(status, body, retryAfter) {
  let error = null;
  try {
    ({ error } = JSON.parse(body));
  } catch {
    // Not our JSON, for example a proxy's page; the fallback text serves.
  }
  const seconds = Number.parseInt(retryAfter ?? "", 10);
  const words = error ? texts.errors.codes[error.code] ?? told(error.message) : texts.errors.unexpected(status);
  return new ApiError(status, error?.code ?? "unknown", words, Number.isNaN(seconds) ? null : seconds);
}

async function call(method, path, { json, body, headers = {}, signal = null, keepalive = false, signedOutIsFine = false } = {}) {
  const request = { method, signal, keepalive, headers: { Accept: "application/json", ...headers }, credentials: "same-origin", cache: "no-store" };
  if (method !== "GET" && session.csrfToken) request.headers["X-CSRF-Token"] = session.csrfToken;
  if (json !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(json);
  } else if (body !== undefined) {
    request.body = body;
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", texts.errors.unreachable);
  }
  if (response.status === 204) return null;
  if (!response.ok) {
    if (response.status === 401 && !signedOutIsFine) goToLogin();
    throw errorFrom(response.status, await response.text(), response.headers.get("Retry-After"));
  }
  return response.json();
}

// Characters, of which each may take three bytes, of the 64 kB that browsers allow.
const MOST_KEPT_ALIVE = 16_000;

const name = encodeURIComponent;
const conversation = (username) => `/api/conversations/${name(username)}`;

export const api = {
  logIn: (username, password) => call("POST", "/api/session", { json: { username, password }, signedOutIsFine: true }),
  session: () => call("GET", "/api/session"),
  signOut: () => call("DELETE", "/api/session"),
  sessions: () => call("GET", "/api/sessions"),
  endSession: (id) => call("DELETE", `/api/sessions/${name(id)}`),
  preferences: () => call("GET", "/api/preferences"),
  savePreferences: (preferences) => call("PUT", "/api/preferences", { json: preferences }),
  reportActivity: (idle) => call("PUT", "/api/activity", { json: { idle } }),

  users: () => call("GET", "/api/users"),
  user: (username) => call("GET", `/api/users/${name(username)}`),
  saveProfile: (profile) => call("PUT", "/api/profile", { json: profile }),
  savePicture: (file) => call("PUT", "/api/profile/picture", { body: file, headers: { "Content-Type": file.type } }),
  removePicture: () => call("DELETE", "/api/profile/picture"),
  node: () => call("GET", "/api/node"),
  nodeHistory: () => call("GET", "/api/node/history"),
  setStatus: (status) => call("PUT", "/api/status", { json: { status } }),

  block: (username) => call("PUT", `/api/blocks/${name(username)}`),
  unblock: (username) => call("DELETE", `/api/blocks/${name(username)}`),
  mute: (username) => call("PUT", `/api/mutes/${name(username)}`),
  unmute: (username) => call("DELETE", `/api/mutes/${name(username)}`),

  conversations: () => call("GET", "/api/conversations"),
  // The newest messages, or those `before` or `after` a cursor, or `around` an id.
  messages(username, { limit = 50, ...place } = {}) {
    const query = new URLSearchParams({ limit, ...place });
    return call("GET", `${conversation(username)}/messages?${query}`);
  },
  // Rejects when `signal` is aborted. `before` is the cursor of the last answer.
  search(words, { before = null, signal = null } = {}) {
    const query = new URLSearchParams({ q: words, utc_offset_min: -new Date().getTimezoneOffset() });
    if (before !== null) query.set("before", before);
    return call("GET", `/api/search?${query}`, { signal });
  },
  events: () => call("GET", "/api/events"),
  event: (id) => call("GET", `/api/events/${name(id)}`),
  makeEvent: (event) => call("POST", "/api/events", { json: event }),
  inviteTo: (id, guests) => call("POST", `/api/events/${name(id)}/guests`, { json: { guests } }),
  answerEvent: (id, attendance) => call("PUT", `/api/events/${name(id)}/answer`, { json: { attendance } }),
  send: (username, text, markdown) => call("POST", `${conversation(username)}/messages`, { json: { text, markdown } }),
  drafts: () => call("GET", "/api/drafts"),
  // A call that is to outlive the page may not be large.
  keepDraft: (username, draft) => call("PUT", `/api/drafts/${name(username)}`, { json: draft, keepalive: draft.text.length < MOST_KEPT_ALIVE }),
  preview: (text) => call("POST", "/api/preview", { json: { text } }),
  markRead: (username, upTo) => call("POST", `${conversation(username)}/read`, { json: { up_to: upTo } }),
  message: (id) => call("GET", `/api/messages/${name(id)}`),
  deleteMessage: (id) => call("DELETE", `/api/messages/${name(id)}`),
  forward: (username, id) => call("POST", `${conversation(username)}/forward`, { json: { id } }),
  retry: (id) => call("POST", `/api/messages/${name(id)}/retry`),
};

export const addresses = {
  file: (id) => `/api/files/${name(id)}`,
  download: (id) => `/api/files/${name(id)}?download=1`,
  upload: (username) => `${conversation(username)}/files`,
  chat: (username) => `/chats/${name(username)}`,
  message: (username, id) => `/chats/${name(username)}?at=${name(id)}`,
  person: (username) => `/people/${name(username)}`,
};
