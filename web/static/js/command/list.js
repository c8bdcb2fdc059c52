// The list of cases: complete without the map, the same filter, the same selection.

import { now, shortMoment, timeLeft, wholeMoment } from "./moments.js";
import { el, number, one, say, SIGNS } from "./page.js";
import { signOf } from "./picture.js";

const CHUNK = 100; // rows that are drawn at once
const TICK_MS = 15000; // how often "left" and "late" are said anew

const dueOf = ({ due }) => due ?? Number.MAX_SAFE_INTEGER; // what no clock runs for comes last
const ORDERS = {
  new: (a, b) => b.received - a.received || (a.number < b.number ? 1 : -1),
  due: (a, b) => dueOf(a) - dueOf(b) || a.received - b.received || (a.number < b.number ? -1 : 1),
};

export class CaseList {
  #state;
  #picture;
  #list = one("#cases");
  #scroll = one("#cases-scroll");
  #shown = CHUNK;
  #held = []; // changes that wait until the pointer has left the list
  #arrived = 0;
  #grown = false; // the rows that are on their way go on behind those that are here

  constructor(state, picture) {
    this.#state = state;
    this.#picture = picture;
    this.onPoint = () => {}; // (number or null): the pointer is on a row
    picture.addEventListener("rows", () => this.#rows());
    picture.addEventListener("figures", () => this.#count());
    picture.addEventListener("changed", ({ detail }) => this.#change(detail));
    picture.addEventListener("loading", () => this.#list.setAttribute("aria-busy", "true"));
    state.addEventListener("change", ({ detail }) => {
      // Of more cases than there are rows the other ones come first now: they are on their way.
      if (detail.keys.has("order") && !picture.more) this.#fresh();
      if (detail.keys.has("case")) this.#mark();
    });
    this.#listen();
    setInterval(() => this.#tick(), TICK_MS);
  }

  // Marks the rows that the pointer is over on the map.
  point(numbers) {
    const pointed = new Set(numbers);
    for (const item of this.#list.children) {
      item.classList.toggle("pointed", pointed.has(item.dataset.number));
    }
  }

  #listen() {
    const list = this.#list;
    list.addEventListener("click", (event) => {
      const item = event.target.closest("li[data-number]");
      if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#state.change({ case: item.dataset.number, at: null });
    });
    const pointed = (event) => event.target.closest?.("li[data-number]")?.dataset.number ?? null;
    list.addEventListener("pointerover", (event) => this.onPoint(pointed(event)));
    list.addEventListener("focusin", (event) => this.onPoint(pointed(event)));
    list.addEventListener("focusout", () => this.onPoint(null));
    list.addEventListener("pointerleave", () => {
      this.onPoint(null);
      this.#release();
    });
    list.addEventListener("keydown", (event) => this.#step(event));
    one("#cases-more").addEventListener("click", () => this.#further());
    one("#cases-arrived").addEventListener("click", () => this.#scroll.scrollTo({ top: 0 }));
    this.#scroll.addEventListener("scroll", () => this.#scroll.scrollTop < 8 && this.#seen());
  }

  // Up and down go from case to case.
  #step(event) {
    const way = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const item = way && event.target.closest("li")?.[way];
    if (!item) return;
    event.preventDefault();
    one("a", item)?.focus();
  }

  #sorted() {
    return [...this.#picture.rows.values()].sort(ORDERS[this.#state.now.order]);
  }

  // The next ones; the keyboard goes on where they begin.
  #further() {
    const first = this.#shown;
    this.#shown += CHUNK;
    if (first >= this.#picture.rows.size && this.#picture.canGrow) {
      this.#grown = true;
      this.#picture.grow();
      return;
    }
    this.#draw();
    one("a", this.#list.children[first])?.focus({ preventScroll: true });
  }

  #rows() {
    if (!this.#grown) return this.#fresh();
    this.#grown = false;
    this.#draw();
  }

  #fresh() {
    this.#shown = CHUNK;
    this.#held = [];
    this.#scroll.scrollTo({ top: 0 });
    this.#draw();
  }

  #draw() {
    const rows = this.#sorted();
    this.#list.replaceChildren(...rows.slice(0, this.#shown).map((row) => this.#item(row)));
    this.#list.removeAttribute("aria-busy");
    this.#seen();
    this.#count();
    this.#mark();
  }

  #count() {
    const { rows, more, total, canGrow } = this.#picture;
    one("#cases-count").textContent = total === null ? `> ${number(rows.size)}` : number(total);
    one("#cases-cut").hidden = !more || canGrow || rows.size > this.#shown;
    one("#cases-more").hidden = rows.size <= this.#shown && !canGrow;
    one("#cases-none").hidden = rows.size > 0;
    one("#cases-none-clear").hidden = !this.#state.isNarrow;
  }

  #change(change) {
    if (this.#list.matches(":hover")) this.#held.push(change);
    else this.#apply(change);
  }

  #release() {
    const held = this.#held;
    this.#held = [];
    held.forEach((change) => this.#apply(change));
  }

  #apply({ rows, gone }) {
    const known = new Map([...this.#list.children].map((item) => [item.dataset.number, item]));
    gone.forEach((each) => known.get(each)?.remove());
    for (const row of rows) {
      // What waited may have changed once more.
      const current = this.#picture.rows.get(row.number);
      const item = known.get(row.number);
      if (!current) item?.remove();
      else if (item) item.replaceWith(this.#item(current));
      else this.#arrive(current);
    }
    this.#count();
    this.#mark();
  }

  #arrive(row) {
    const item = this.#item(row);
    item.classList.add("arrives");
    const order = ORDERS[this.#state.now.order];
    const after = [...this.#list.children].find((other) => {
      const known = this.#picture.rows.get(other.dataset.number);
      return known && order(row, known) < 0;
    });
    this.#list.insertBefore(item, after ?? null);
    if (this.#scroll.scrollTop < 8) return;
    this.#arrived += 1;
    one("#cases-arrived").hidden = false;
    one("#cases-arrived").textContent = say("arrived", { n: this.#arrived });
  }

  #seen() {
    this.#arrived = 0;
    one("#cases-arrived").hidden = true;
  }

  #item(row) {
    const kind = signOf(row);
    const place = [row.place, row.unit].filter(Boolean).join(" · ");
    const urgent = row.priority > 0 ? el("span", { class: "urgent" }, say("urgent")) : null;
    const link = el(
      "a",
      { href: this.#state.address({ ...this.#state.now, case: row.number, at: null }) },
      el(
        "span",
        { class: "line" },
        el("span", { class: `shape ${kind}`, "aria-hidden": "true" }, SIGNS[kind]),
        el("b", {}, row.class),
        urgent,
        this.#left(row, kind),
      ),
      el(
        "span",
        { class: "line second" },
        el("span", { class: "where" }, place),
        el("span", { class: "when" }, `${row.status} ${shortMoment(row.received * 1000)}`),
      ),
    );
    return el("li", { "data-number": row.number }, link);
  }

  #left(row, kind) {
    if (kind === "done") return el("span", { class: "left done" }, say("done"));
    if (row.due === null) return null;
    const due = row.due * 1000;
    const title = say("due_at", { time: wholeMoment(due) });
    return el("span", { class: `left ${kind}`, title }, timeLeft(due));
  }

  #mark() {
    for (const item of this.#list.children) {
      const chosen = item.dataset.number === this.#state.now.case;
      const link = one("a", item);
      if (chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    one("#cases a[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  // Time goes on while nothing happens: what is left, and what has become late.
  #tick() {
    const at = now();
    for (const item of this.#list.children) {
      const row = this.#picture.rows.get(item.dataset.number);
      if (!row || row.due === null) continue;
      const kind = signOf(row, at);
      const shape = one(".shape", item);
      shape.className = `shape ${kind}`;
      shape.textContent = SIGNS[kind];
      const left = one(".left", item);
      if (left) {
        left.className = `left ${kind}`;
        left.textContent = timeLeft(row.due * 1000, at);
      }
    }
  }
}
