// The language of the page, for plurals, numbers and dates.
const page = document.documentElement.lang;

// With the reader's own habit in it, such as Austrian German. English dates are written the British way.
export const language = page === "en" ? "en-GB" : navigator.languages.find((tag) => tag.split("-")[0] === page) ?? page;

// By whose habit the clock has 12 or 24 hours: English is read everywhere, so there the system's.
export const habit = page === "en" ? undefined : language;

const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

// several(1, "day", "days") -> "1 day"
export function several(count, one, many) {
  return `${numbers.format(count)} ${plurals.select(count) === "one" ? one : many}`;
}
