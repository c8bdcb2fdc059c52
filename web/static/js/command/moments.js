// Moments as people say them, in the city's time whatever the zone of the screen.

import { page, say } from "./page.js";

const lang = document.documentElement.lang;
const zone = { timeZone: page.zone };
const format = (options) => new Intl.DateTimeFormat(lang, { ...zone, ...options });
const CLOCK = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SECONDS = format({
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const DAY = format({ month: "numeric", day: "numeric" });
const WHOLE = format({ dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
const PARTS = new Intl.DateTimeFormat("en-CA", { ...zone, dateStyle: "short" });

const HOUR_PART = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", hourCycle: "h23" });

const [MINUTE, HOUR, DAY_S] = [60, 3600, 86400];

// The server's clock, as far as this browser can tell: phones and walls are often minutes off.
let ahead = 0;
export function setClock(iso) {
  ahead = Date.parse(iso) - Date.now();
}
export const now = () => Date.now() + ahead;

// A day without an hour, as 2026-11-01, the same in every zone.
export const dayWords = (day) =>
  new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" }).format(Date.parse(day));

// A moment as the address writes it: 2026-11-20, or 2026-11-20T09, in the city.
export function momentOf(milliseconds, step) {
  const hour = HOUR_PART.format(milliseconds).padStart(2, "0");
  return dayOf(milliseconds) + (step === "hour" ? `T${hour}` : "");
}

// "11月20日 09:00–10:00".
export const hourWords = (milliseconds) =>
  `${DAY.format(milliseconds)} ${CLOCK.format(milliseconds)}–${CLOCK.format(milliseconds + HOUR * 1000)}`;

export const wholeMoment = (milliseconds) => WHOLE.format(milliseconds);
export const clockSeconds = (milliseconds) => SECONDS.format(milliseconds);

// 2026-11-23 in the city.
export const dayOf = (milliseconds) => PARTS.format(milliseconds);

// "09:30" of today, "11月22日 09:30" of another day.
export function shortMoment(milliseconds) {
  const time = CLOCK.format(milliseconds);
  const today = dayOf(milliseconds) === dayOf(now());
  return today ? time : `${DAY.format(milliseconds)} ${time}`;
}

// How much time is left until `due`, or by how much it has passed; rounded down.
export function timeLeft(due, at = now()) {
  const seconds = Math.floor(Math.abs(due - at) / 1000);
  const values = {
    days: Math.floor(seconds / DAY_S),
    hours: Math.floor((seconds % DAY_S) / HOUR),
    minutes: Math.floor((seconds % HOUR) / MINUTE),
  };
  const scale = [DAY_S, HOUR, MINUTE].findIndex((size) => seconds >= size);
  const size = ["days", "hours", "minutes"][scale] ?? "moment";
  return say(`${due >= at ? "left" : "over"}_${size}`, values);
}

// The moment at which a day begins in the city; the offset is that of the zone on that day.
export function dayStart(text) {
  const [year, month, day] = text.split("-").map(Number);
  const guess = Date.UTC(year, month - 1, day);
  return guess - offset(guess - offset(guess));
}

function offset(moment) {
  const parts = new Intl.DateTimeFormat("en-US", {
    ...zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  }).formatToParts(moment);
  const value = (type) => Number(parts.find((part) => part.type === type).value);
  const local = Date.UTC(
    value("year"),
    value("month") - 1,
    value("day"),
    value("hour"),
    value("minute"),
    value("second"),
  );
  return local - Math.floor(moment / 1000) * 1000;
}

// 2026-11-23T09 in the city.
export const hourOf = (milliseconds) =>
  `${dayOf(milliseconds)}T${CLOCK.format(milliseconds).slice(0, 2)}`;

// When a day (2026-11-23) or an hour of it (2026-11-23T09) begins in the city, and when it ends.
export const spanStart = (text) => dayStart(text.slice(0, 10)) + hours(text) * HOUR * 1000;
export const spanEnd = (text) =>
  text.includes("T") ? spanStart(text) + HOUR * 1000 : dayStart(dayAfter(text, 1));
const hours = (text) => Number(text.slice(11) || 0);

export function dayAfter(text, days) {
  const [year, month, day] = text.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
