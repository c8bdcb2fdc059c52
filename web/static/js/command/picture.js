// The cases that the filter means, for map and list alike, and the figures above them.
//
// Events: "rows" (all anew), "changed" ({rows, gone}: some cases), "figures", "fault".

import { ask, isStale, latest } from "./api.js";
import { now, setClock } from "./moments.js";
import { page } from "./page.js";

const MOST_AT_ONCE = 100; // more changes than this: everything anew
const PAUSE_MS = 900; // between two refreshes while events stream in
const FIRST_MS = 150; // events of one commit come together

export class Picture extends EventTarget {
  #state;
  #askRows = latest();
  #askFigures = latest();
  #numbers = new Set();
  #timer = null;
  #last = 0;

  constructor(state) {
    super();
    this.#state = state;
    this.rows = new Map();
    this.more = false;
    state.addEventListener("change", ({ detail }) => detail.filter && this.reload());
  }

  // `first` is the document that the map has asked for already.
  start(first) {
    // The head of the page has asked for the figures already, under this very address.
    this.#figures(page.figures);
    return first.then((document) => document && this.#take(document)).catch(() => this.reload());
  }

  get address() {
    return `/api/v1/cases/points?${this.#state.query()}`;
  }

  async reload() {
    this.#numbers.clear();
    this.dispatchEvent(new Event("loading"));
    this.#figures();
    try {
      this.#take(await this.#askRows(this.address));
    } catch (fault) {
      this.#fault(fault);
    }
  }

  // Something has happened to a case; what it means for the filter is asked in a moment.
  touch(caseNumber) {
    this.#numbers.add(caseNumber);
    const wait = Math.max(FIRST_MS, this.#last + PAUSE_MS - Date.now());
    this.#timer ??= setTimeout(() => this.#catchUp(), wait);
  }

  refreshFigures() {
    return this.#figures();
  }

  async #catchUp() {
    this.#timer = null;
    this.#last = Date.now();
    const numbers = [...this.#numbers];
    this.#numbers.clear();
    if (numbers.length > MOST_AT_ONCE) return this.reload();
    const query = this.#state.query();
    const filter = query.toString();
    numbers.forEach((each) => query.append("number", each));
    this.#figures();
    try {
      const document = await ask(`/api/v1/cases/points?${query}`);
      if (filter === this.#state.query().toString()) this.#merge(document, numbers);
    } catch (fault) {
      numbers.forEach((each) => this.#numbers.add(each));
      this.#fault(fault);
    }
  }

  #take(document) {
    setClock(document.as_of);
    this.more = document.more;
    this.rows = new Map(rowsOf(document).map((row) => [row.number, row]));
    this.dispatchEvent(new CustomEvent("rows", { detail: { document } }));
  }

  #merge(document, numbers) {
    setClock(document.as_of);
    const rows = rowsOf(document);
    const here = new Set(rows.map((row) => row.number));
    const gone = numbers.filter((each) => !here.has(each) && this.rows.has(each));
    gone.forEach((each) => this.rows.delete(each));
    rows.forEach((row) => this.rows.set(row.number, row));
    this.dispatchEvent(new CustomEvent("changed", { detail: { rows, gone } }));
  }

  async #figures(address = `/api/v1/figures?${this.#state.query(["status", "overdue"])}`) {
    try {
      const document = await this.#askFigures(address);
      setClock(document.as_of);
      this.dispatchEvent(new CustomEvent("figures", { detail: document.figures }));
    } catch (fault) {
      this.#fault(fault);
    }
  }

  #fault(fault) {
    if (!isStale(fault)) this.dispatchEvent(new CustomEvent("fault", { detail: fault }));
  }
}

function rowsOf({ columns, rows }) {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

// The sign of a case as it is now: what was in time a minute ago may be late.
export function signOf({ state, warn, due }, at = now()) {
  if (state !== "open") return "done";
  if (due !== null && due * 1000 < at) return "late";
  return warn !== null && warn * 1000 <= at ? "soon" : "ok";
}
