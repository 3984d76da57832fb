// Times in words: the clock in the reader's own habit (12 or 24 hours), days and ages in the language of the page.
import { habit, language } from "./language.js";
import { texts } from "./texts.js";

const hourCycle = new Intl.DateTimeFormat(habit, { hour: "numeric" }).resolvedOptions().hourCycle;
const format = (options) => new Intl.DateTimeFormat(language, options);

const hour = hourCycle.startsWith("h1") ? "numeric" : "2-digit";
const clockFormat = format({ hour, minute: "2-digit", hourCycle });
const monthFormat = format({ month: "short" });
const weekdayFormat = format({ weekday: "short" });
const dayFormat = format({ day: "numeric", month: "short" });
const dateFormat = format({ day: "numeric", month: "short", year: "numeric" });
const longDayFormat = format({ weekday: "long", day: "numeric", month: "long" });
const longDateFormat = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const fullFormat = format({ dateStyle: "full", timeStyle: "medium", hourCycle });

const DAY_MS = 86_400_000;

export function dateOf(stamp) {
  return new Date(stamp * 1000);
}

// A key that is equal for two times of the same local day.
export function dayKey(stamp) {
  const date = dateOf(stamp);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

// How many midnights lie between then and now; rounding absorbs the hour of a clock change.
function daysAgo(date, now = new Date()) {
  const midnight = (value) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
  return Math.round((midnight(now) - midnight(date)) / DAY_MS);
}

export function clock(stamp) {
  return clockFormat.format(dateOf(stamp));
}

export function fullTime(stamp) {
  return fullFormat.format(dateOf(stamp));
}

// For a row of a list: as short as it can be and still be clear.
export function shortTime(stamp) {
  const date = dateOf(stamp);
  const days = daysAgo(date);
  if (days <= 0) return clockFormat.format(date);
  if (days < 7) return weekdayFormat.format(date);
  return date.getFullYear() === new Date().getFullYear() ? dayFormat.format(date) : dateFormat.format(date);
}

// For a leaf of a calendar.
export function dayParts(stamp) {
  const date = dateOf(stamp);
  return { weekday: weekdayFormat.format(date), day: String(date.getDate()), month: monthFormat.format(date) };
}

// From when to when, the day named once where it is one: 'Saturday 28 November, 14:00 to 16:00'.
export function timeSpan(start, end) {
  const whole = (stamp) => texts.time.dayAndClock(dayName(stamp), clock(stamp));
  if (start === end) return whole(start);
  return texts.time.span(whole(start), dayKey(start) === dayKey(end) ? clock(end) : whole(end));
}

function dayName(stamp) {
  const date = dateOf(stamp);
  return (date.getFullYear() === new Date().getFullYear() ? longDayFormat : longDateFormat).format(date);
}

// For the line between two days of a conversation.
export function dayLabel(stamp) {
  const date = dateOf(stamp);
  const days = daysAgo(date);
  if (days === 0) return texts.time.today;
  if (days === 1) return texts.time.yesterday;
  return dayName(stamp);
}

// How long ago, in words: 'just now', '40 min ago', 'yesterday at 14:07', 'on 3 Nov'.
export function age(stamp) {
  const date = dateOf(stamp);
  const seconds = Math.max(0, (Date.now() - date.getTime()) / 1000);
  if (seconds < 60) return texts.time.justNow;
  if (seconds < 3600) return texts.time.minutesAgo(Math.floor(seconds / 60));
  const days = daysAgo(date);
  if (days === 0 || seconds < 6 * 3600) return texts.time.hoursAgo(Math.floor(seconds / 3600));
  if (days === 1) return texts.time.yesterdayAt(clockFormat.format(date));
  return texts.time.onDay((date.getFullYear() === new Date().getFullYear() ? dayFormat : dateFormat).format(date));
}
