// Sizes of files and texts, in words and in bytes.
const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

// 4_718_592 -> "4.7 MB"
export function sizeInWords(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${UNITS[unit]}`;
}

export function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}
