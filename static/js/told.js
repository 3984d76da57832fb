// What the node says in English of a single case, such as why a message failed: in the language of the page where it is known there.
import { texts } from "./texts.js";

// "nobody called {} is known here" -> /^nobody called (.+) is known here$/i
function patternOf(sentence) {
  const parts = sentence.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.+)")}$`, "i");
}

const known = Object.entries(texts.told).map(([sentence, words]) => [patternOf(sentence), words]);

// "{}" in the words stands for what was in the first place of the sentence, "{1}" for the second.
export function told(sentence) {
  for (const [pattern, words] of known) {
    const match = pattern.exec(sentence);
    if (match) return words.replace(/\{(\d?)\}/g, (_, place) => match[1 + Number(place)]);
  }
  return sentence;
}
