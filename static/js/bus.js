// News inside the page: who says `emit` need not know who listens with `on`.
//
// From the node (live.js), named as in the WebSocket events:
//   message, receipt, deleted, draft, presence, profile, regard, read, event, preferences, login_server, resync, signed_out
// From live.js itself:
//   connection {up}   the WebSocket opened or closed
//   resync            it is open again after a gap, or the node has more news than it tells one by one: fetch what was missed
// From state.js:
//   users             the whole list of people is new
//   user {username}   one person changed
//   conversations     the list of conversations changed
// From outbox.js and uploads.js:
//   pending {with}    a text or file on its way to the node changed
// From drafts.js and reply.js:
//   draft_changed {with}   what is being written to somebody changed in another tab
//   reply             the reader chose a message to answer, or none any more
const listeners = new Map();

export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

export function emit(topic, news = {}) {
  for (const listener of listeners.get(topic) ?? []) listener(news);
}
