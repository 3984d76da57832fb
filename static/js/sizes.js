// Sizes of files and texts, in words and in bytes.
import { language } from "./language.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

// 4_718_592 -> "4.7 MB"
export function sizeInWords(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const maximumFractionDigits = unit === 0 || value >= 100 ? 0 : 1;
  const unitDisplay = unit === 0 ? "long" : "short";
  return new Intl.NumberFormat(language, { style: "unit", unit: UNITS[unit], unitDisplay, maximumFractionDigits }).format(value);
}

export function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}
