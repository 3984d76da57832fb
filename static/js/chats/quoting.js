// A quote as it travels: Markdown that every node can show, or lines after '>' where Markdown is off.
const MOST_LINES = 4;
const MOST_CHARACTERS = 240;

// Marks that Markdown would read, and those at the beginning of a line.
const escapeMarks = (text) => text.replace(/[\\`*_[\]<>~|]/g, "\\$&").replace(/^([#+-]|\d+(?=[.)]))/, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`));

// The first lines of what was said.
export function excerpt(words) {
  const lines = words.split("\n").map((line) => line.trim()).filter(Boolean);
  const kept = lines.slice(0, MOST_LINES).join("\n");
  const characters = [...kept];
  const isCut = lines.length > MOST_LINES || characters.length > MOST_CHARACTERS;
  return isCut ? `${characters.slice(0, MOST_CHARACTERS).join("").trimEnd()}…` : kept;
}

// What stands before the answer.
export function quote(name, words, markdown) {
  const lines = excerpt(words).split("\n");
  const quoted = markdown ? [`**${escapeMarks(name)}**`, ...lines.map(escapeMarks)] : [`${name}:`, ...lines];
  return `${quoted.map((line) => `> ${line}`).join("\n")}\n\n`;
}
