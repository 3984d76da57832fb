// What the page was told about this visit when it was rendered, read once from <body data-...>.
const data = document.body.dataset;

export const session = {
  page: data.page,
  me: data.me ?? null,
  csrfToken: data.csrf ?? null,
  // The open conversation, or the person whose profile this is.
  with: data.with ?? null,
  messageLimitBytes: Number(data.messageLimit),
  fileLimitBytes: Number(data.fileLimit),
};
