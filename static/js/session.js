// What the page was told about this visit when it was rendered, read once from <body data-...>.
const data = document.body.dataset;

export const session = {
  page: data.page,
  me: data.me ?? null,
  csrfToken: data.csrf ?? null,
  // The person whose profile this is, or whose conversation the page was asked for.
  with: data.with ?? null,
  messageLimitBytes: Number(data.messageLimit),
  fileLimitBytes: Number(data.fileLimit),
};
