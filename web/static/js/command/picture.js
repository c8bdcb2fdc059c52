// The cases that the filter means, for map and list alike, and the figures above them.
//
// Of many cases the rows are the first ones in the order of the list.
//
// Events: "rows" (all anew), "changed" ({rows, gone}: some cases), "figures", "fault".

import { ask, isStale, latest } from "./api.js";
import { now, setClock } from "./moments.js";
import { page } from "./page.js";
import { first } from "./turns.js";

const MOST_AT_ONCE = 100; // more changes than this: everything anew
const PAUSE_MS = 900; // between two refreshes while events stream in
const FIRST_MS = 150; // events of one commit come together

export class Picture extends EventTarget {
  #state;
  #askRows = latest();
  #askFigures = latest();
  #numbers = new Set();
  #limit = page.rows_at_once;
  #timer = null;
  #last = 0;

  constructor(state) {
    super();
    this.#state = state;
    this.rows = new Map();
    this.document = null; // the rows as they came last, all of them
    this.more = false; // there are more cases than rows
    this.figures = null;
    this.after = ""; // the last event that the page knows of
    state.addEventListener("change", ({ detail }) => this.#asked(detail));
  }

  // `rows` is the document that the map has asked for already.
  start(rows) {
    // The head of the page has asked for the figures already, under this very address.
    first(this.#figures(page.figures));
    return first(rows).then((document) => document && this.#take(document)).catch(() => this.reload());
  }

  // The rows that the list begins with; of more cases than that the order decides which.
  get address() {
    const query = this.#state.query();
    query.set("limit", String(this.#limit));
    query.set("order", this.#state.now.order);
    return `/api/v1/cases/points?${query}`;
  }

  // How many cases the filter means, as far as the figures tell; null when they do not.
  get total() {
    if (!this.more) return this.rows.size;
    const { status, overdue } = this.#state.now;
    if (!this.figures || (overdue && (overdue !== "true" || status !== "open"))) return null;
    if (overdue) return this.figures.overdue;
    return status === "any" ? this.figures.all : (this.figures[status] ?? this.figures.states[status] ?? 0);
  }

  get canGrow() {
    return this.more && this.#limit < page.most_rows;
  }

  // The list has come to its end, and there is more.
  grow() {
    this.#limit = Math.min(2 * this.#limit, page.most_rows);
    return this.#rows();
  }

  async reload() {
    this.#numbers.clear();
    first(this.#figures());
    await first(this.#rows());
  }

  #asked({ filter, keys }) {
    if (filter) this.#limit = page.rows_at_once;
    if (filter) this.reload();
    else if (keys.has("order") && this.more) this.#rows();
  }

  async #rows() {
    this.dispatchEvent(new Event("loading"));
    try {
      this.#take(await this.#askRows(this.address));
    } catch (fault) {
      this.#fault(fault);
    }
  }

  // Something has happened to a case; what it means for the filter is asked in a moment.
  touch(caseNumber, event) {
    this.#numbers.add(caseNumber);
    this.after = event;
    const wait = Math.max(FIRST_MS, this.#last + PAUSE_MS - Date.now());
    this.#timer ??= setTimeout(() => this.#catchUp(), wait);
  }

  refreshFigures() {
    return this.#figures();
  }

  async #catchUp() {
    this.#timer = null;
    this.#last = Date.now();
    const numbers = [...this.#numbers].sort();
    this.#numbers.clear();
    if (numbers.length > MOST_AT_ONCE) return this.reload();
    const query = this.#state.query();
    const filter = query.toString();
    numbers.forEach((each) => query.append("number", each));
    if (this.after) query.set("after", this.after);
    this.#figures(this.#figuresAddress(this.after));
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
    this.document = document;
    this.rows = new Map(rowsOf(document).map((row) => [row.number, row]));
    this.dispatchEvent(new CustomEvent("rows", { detail: { document } }));
  }

  #merge(document, numbers) {
    setClock(document.as_of);
    const rows = rowsOf(document);
    const here = new Set(rows.map((row) => row.number));
    const gone = numbers.filter((each) => !here.has(each));
    gone.forEach((each) => this.rows.delete(each));
    rows.forEach((row) => this.rows.set(row.number, row));
    this.document = { ...this.document, ...documentOf([...this.rows.values()]) };
    this.dispatchEvent(new CustomEvent("changed", { detail: { rows, gone } }));
  }

  #figuresAddress(after = "") {
    const query = this.#state.query(["status", "overdue"]);
    if (after) query.set("after", after);
    return `/api/v1/figures?${query}`;
  }

  async #figures(address = this.#figuresAddress()) {
    try {
      const document = await this.#askFigures(address);
      setClock(document.as_of);
      this.figures = document.figures;
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

// The other way round: what a layer takes in.
function documentOf(rows) {
  const columns = rows.length ? Object.keys(rows[0]) : [];
  return { columns, rows: rows.map((row) => columns.map((column) => row[column])) };
}

// The sign of a case as it is now: what was in time a minute ago may be late.
export function signOf({ state, warn, due }, at = now()) {
  if (state !== "open") return "done";
  if (due !== null && due * 1000 < at) return "late";
  return warn !== null && warn * 1000 <= at ? "soon" : "ok";
}
