// What the server says to this page: words in the reader's language, first state, names of things.

export const page = JSON.parse(document.getElementById("command-data").textContent);

// A sentence with its values: %(name)s and %(name)d are replaced.
export function say(key, values = {}) {
  const text = page.words[key] ?? key;
  return text.replace(/%\((\w+)\)[sd]/g, (_, name) => values[name] ?? "");
}

export const { el } = window.wanmi;

export const SIGNS = { done: "✓", ok: "●", soon: "▲", late: "■" };

// Colour, shape and word of a state, always all three.
export function sign(kind, word) {
  const shape = el("span", { "aria-hidden": "true" }, `${SIGNS[kind]} `);
  return el("span", { class: `sign ${kind}` }, shape, word);
}

// A template of one element: looked up once, copied each time.
export const one = (selector, root = document) => root.querySelector(selector);

export function number(value) {
  return Number(value).toLocaleString(document.documentElement.lang);
}

// A share as people read it: one place after the point, and never more than there is.
export function percent(share) {
  const options = { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return (Math.floor(share * 1000) / 1000).toLocaleString(document.documentElement.lang, options);
}
