// The sentences of the page about this node, in the language of the page.
const language = document.documentElement.lang === "de" ? import("./texts/de-node.js") : import("./texts/en-node.js");
export const { nodeTexts } = await language;
