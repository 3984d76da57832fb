// Every sentence that scripts show to people, in the language of the page. Only that language is loaded.
const language = document.documentElement.lang === "de" ? import("./texts/de.js") : import("./texts/en.js");
export const { texts } = await language;
