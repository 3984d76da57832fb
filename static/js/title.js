// The window's title, with the number of unread messages in front.
const NAME = "kith";

let subject = document.title.replace(` · ${NAME}`, "");
let unread = 0;

function show() {
  const name = subject && subject !== NAME ? `${subject} · ${NAME}` : NAME;
  document.title = unread > 0 ? `(${unread}) ${name}` : name;
}

export function setSubject(words) {
  subject = words;
  show();
}

export function setUnread(count) {
  unread = count;
  show();
}
