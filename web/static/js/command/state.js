// What this page shows: the filter, the view and the selection, and the address that says it.
//
// The server reads and repairs the address once; from then on this is the only place that changes
// it. Back and forward bring a state back as it was.

import { dayAfter, dayOf, dayStart, now, spanEnd, spanStart } from "./moments.js";
import { page } from "./page.js";

const FILTER = ["status", "overdue", "class_code", "unit", "street", "zone", "cell"];
const TIME = ["period", "from", "to"];
const SHOWN = ["by", "per", "layers", "step", "moment", "compare", "order", "worst", "trend", "case", "at", "view"];
const DAYS = { today: 0, "7d": 6, "30d": 29 };

export const isFilter = (key) => FILTER.includes(key) || TIME.includes(key);

export class State extends EventTarget {
  constructor() {
    super();
    this.now = { ...page.state };
    history.replaceState(this.now, "", this.address());
    addEventListener("popstate", ({ state }) => state && this.#become(state, true));
  }

  // Changes some values; null or the default leaves one out of the address.
  change(values, { replace = false } = {}) {
    const next = { ...this.now, ...values };
    if (changed(this.now, next).size === 0) return;
    if (replace) history.replaceState(next, "", this.address(next));
    else history.pushState(next, "", this.address(next));
    this.#become(next, false);
  }

  // What is said of the page itself, such as its rotation; no step for Back.
  keep(key, value) {
    if (value === null) delete page.keep[key];
    else page.keep[key] = value;
    history.replaceState(this.now, "", this.address());
  }

  clear() {
    const empty = Object.fromEntries([...FILTER, ...TIME].map((key) => [key, null]));
    this.change({ ...empty, status: page.defaults.status });
  }

  // Whether anything but the first filter is set.
  get isNarrow() {
    return [...FILTER, ...TIME].some((key) => (this.now[key] ?? null) !== (page.defaults[key] ?? null));
  }

  address(state = this.now) {
    const query = new URLSearchParams();
    for (const key of [...FILTER, ...TIME, ...SHOWN]) {
      const value = state[key] ?? null;
      if (value !== null && value !== page.defaults[key]) query.set(key, value);
    }
    Object.entries(page.keep).forEach(([key, value]) => query.set(key, value));
    const text = query.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
    return location.pathname + (text && `?${text}`);
  }

  // The filter as the API takes it; `without` names what is left out.
  query(without = []) {
    const query = new URLSearchParams();
    for (const key of FILTER) {
      const value = this.now[key] ?? null;
      if (value !== null && value !== "any" && !without.includes(key)) query.set(key, value);
    }
    const [from, until] = this.span;
    if (from) query.set("from", new Date(from).toISOString());
    if (until) query.set("to", new Date(until).toISOString());
    return query;
  }

  // The filter's time as moments, begin and end; null where it says nothing.
  get span() {
    const { period, from, to } = this.now;
    if (period in DAYS) return [dayStart(dayAfter(dayOf(now()), -DAYS[period])), null];
    return [from ? spanStart(from) : null, to ? spanEnd(to) : null];
  }

  #become(next, moved) {
    const keys = changed(this.now, next);
    this.now = next;
    const detail = { keys, moved, filter: [...keys].some(isFilter) };
    this.dispatchEvent(new CustomEvent("change", { detail }));
  }
}

function changed(before, after) {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return new Set([...keys].filter((key) => (before[key] ?? null) !== (after[key] ?? null)));
}
