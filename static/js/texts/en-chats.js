// What is said to English readers about conversations, messages and files.
import { several } from "../language.js";

export const list = {
  draft: "Draft:",
  conversations: "Conversations",
  notTalkedTo: "Online, not talked to yet",
  empty: "No conversations yet",
  emptyHint: "Choose somebody and say hello. Messages to people who are away are delivered when they are back.",
  allPeople: "See everybody",
  broken: "Your conversations could not be loaded",
};

export const talk = {
  noneOpen: "Chats",
  chooseTitle: "Choose a conversation",
  chooseText: "Pick somebody on the left, or find them under People.",
  findPeople: "Find people",
  hello: (name) => `Say hello to ${name}`,
  helloOnline: (name) => `Your first message goes straight to ${name}'s node.`,
  helloAway: (name) => `${name} may not be there now. Your node keeps the message and delivers it when ${name} is back.`,
  broken: "This conversation could not be loaded",
  olderBroken: "Older messages could not be loaded.",
  newerBroken: "Newer messages could not be loaded.",
  beginning: (name) => `This is where your conversation with ${name} begins.`,
  newMessages: "New messages",
  toNewest: "To the newest message",
  backToNewest: "Back to the newest",
  newBelow: (count) => several(count, "new message", "new messages"),
  placeholder: (name) => `Message ${name}`,
  markdownOn: "Markdown is on: **bold**, *italic*, `code`, lists and links",
  markdownOff: "Markdown is off: text is sent as it is written",
  enterSends: "Enter sends, Shift+Enter breaks the line",
  enterBreaks: "Enter breaks the line, Shift+Enter sends",
  overLimit: (size, limit) => `This message is too long (${size}). At most ${limit} can be sent; send the rest as a second message or as a file.`,
  you: "You",
};

export const message = {
  sent: "Sent",
  arrived: "Stored here",
  file: "File",
  kind: "Kind",
  pixels: (width, height) => `${width} × ${height} pixels`,
  checksum: "SHA-256",
  way: "Way",
  sender: "Sender",
  late: "arrived late",
  lateExplained: "This message arrived later than it was written. It stands where its time puts it.",
  received: "Received",
  receivedText: (name) => `${name} wrote this, and your node has stored it.`,
  verified: (name) => `It came from the place where the login server says ${name} is.`,
  notVerified: (name) => `It is not proven that ${name} sent this: it came from another place than the login server knows.`,
  unverifiedShort: "sender not proven",
  failedDefault: "It could not be delivered.",
  discard: "Discard",
  unsentUnknown: "It is not known whether your node got this.",
  pictureBroken: "This picture cannot be shown.",
};

export const actions = {
  more: "More to do with this message",
  reply: "Reply",
  copy: "Copy text",
  download: "Download",
  forward: "Forward",
  details: "Details",
  delete: "Delete for yourself",
  copied: "Copied",
  notCopied: "Your browser did not let this page copy. Select the text and copy it by hand.",
  keys: { Delete: "Del" },
};

export const preview = {
  show: "Preview",
  hide: "Back to the text",
};

export const recording = {
  fileName: "Voice note",
  refused: "Your browser did not let this page use the microphone. Allow it for this address, then try again.",
};

export const reply = {
  to: (name) => `Replying to ${name}:`,
  toYourself: "Replying to yourself:",
  file: (name) => `📎 ${name}`,
};

export const forward = {
  send: (count) => count > 1 ? `Forward to ${count}` : "Forward",
  sent: (names) => `Forwarded to ${names.join(", ")}`,
  nobody: (filter) => filter ? `Nobody matches '${filter}'` : "Nobody is known here yet to forward to.",
};

export const deleting = {
  theyKeepIt: (name) => `You will not see it any more. ${name} keeps it.`,
  senderKeepsIt: (name) => `You will not see it any more. ${name}, who wrote it, keeps it.`,
  onItsWay: (name) => `You will not see it any more. It is still on its way and will reach ${name}.`,
  nobodyHasIt: "Nobody else has it, so it is gone for good.",
  done: "Deleted for yourself",
};

export const receipts = {
  sending: { word: "sending", title: "Sending", text: () => "On its way from this page to your node." },
  unsent: { word: "not sent", title: "Not sent", text: () => "Your node does not have this message. It is kept in this browser." },
  pending: { word: "waiting", title: "Waiting", text: (name) => `Your node has stored it and keeps trying to reach ${name}'s node.` },
  relayed: { word: "held for later", title: "Held for later", text: (name) => `${name} is away. Other nodes hold this and hand it over when ${name} is back.` },
  delivered: { word: "delivered", title: "Delivered", text: (name) => `${name}'s node has stored it. Whether it was read is not known.` },
  read: { word: "read", title: "Read", text: (name) => `${name} has seen it.` },
  failed: { word: "not delivered", title: "Not delivered", text: () => "Your node has stopped trying." },
};

export const travel = {
  "in clear": { chip: "Not encrypted", way: "From node to node, not encrypted", note: (name) => `Messages travel straight between your node and ${name}'s. They are not encrypted on the way: whoever watches the network between you can read them.` },
  "weak, 2017 standard": { chip: "Weak encryption", way: "From node to node, with weak encryption", note: (name) => `Messages travel straight between your node and ${name}'s with the weak encryption of 2017. It stops a curious look, not a determined one.` },
  local: { chip: "Same node", way: "Within your node", note: (name) => `You and ${name} use the same node, so messages between you do not leave it.` },
  unknown: (name) => `No message has travelled between you and ${name} yet, so nothing is known about the way.`,
  whoRunsIt: "Your node stores them readable: whoever runs it can read them too.",
};

export const details = {
  location: "Location",
  about: "About",
  verified: "Known to the login server",
  notVerified: "Not confirmed by the login server",
  blocked: "Blocked",
  muted: "Muted",
  profile: "Full profile",
  pictures: "Recent pictures",
  noProfile: (name) => `${name} has not written anything about themselves yet.`,
};

export const files = {
  attach: (limit) => `Attach files, up to ${limit} each`,
  dropHere: (name) => `Drop to send to ${name}`,
  dropLimit: (limit) => `Up to ${limit} each`,
  tooLarge: (name, size, limit) => `${name} is ${size}. Files may be up to ${limit}.`,
  folder: (name) => `${name} cannot be read. Folders are not sent; put the files into a zip archive.`,
  waiting: "Waiting for its turn",
  progress: (done, all, speed) => speed ? `${done} of ${all} · ${speed}/s` : `${done} of ${all}`,
  storing: "Your node is storing it…",
  cancel: (name) => `Cancel sending ${name}`,
  interrupted: "The connection broke before your node had all of it.",
  download: "Download",
  downloadNamed: (name) => `Download ${name}`,
  preview: "Preview",
  closePreview: "Close preview",
  noPdfViewer: "This browser cannot show PDF files here. Download it to read it.",
  openPicture: (name) => `Open picture ${name}`,
  kinds: { image: "Picture", audio: "Sound", video: "Video", pdf: "PDF document", archive: "Archive", text: "Text", other: "File" },
  ofType: (extension) => `${extension} file`,
};
