// What the server gave the page, its words, and elements made of text only.

export const page = JSON.parse(document.querySelector('script[type="application/json"]').textContent);

export const byId = (id) => document.getElementById(id);

// A word in the reader's language, with {values}.
export const say = (key, values = {}) =>
  (page.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// An element with attributes and children; a string child becomes text, null is left out.
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// A text with its shape before it, so that it never hangs on colour alone.
export const SIGNS = { ok: "●", soon: "▲", late: "■" };
export const sign = (state, word) =>
  el("span", { class: `sign ${state}` }, el("span", { "aria-hidden": "true" }, SIGNS[state]), ` ${word}`);

export const language = document.documentElement.lang;

// A moment on the city's clock, whatever the phone believes.
export const clock = (moment) =>
  new Date(moment).toLocaleString(language, {
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: page.time_zone,
  });

// How long ago, as people say it; measured on the server's clock, for the phone's may be wrong.
const AGES = [["day", 86400], ["hour", 3600], ["minute", 60]];
export function age(moment, asOf) {
  const seconds = Math.max(0, (Date.parse(asOf) - Date.parse(moment)) / 1000);
  const [unit, long] = AGES.find(([, length]) => seconds >= length) ?? AGES.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / long), unit);
}

// A number of 21 digits in groups that can be read out: division, date, sequence.
export const grouped = (number) =>
  el(
    "span",
    { class: "number-groups" },
    ...[number.slice(0, 6), number.slice(6, 14), number.slice(14)].map((part) => el("span", {}, part)),
  );
