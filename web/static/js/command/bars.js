// Bars by unit, class and model street: a click adds to the filter, another one removes it.

import { Counted, redraw } from "./counted.js";
import { el, number, one, say } from "./page.js";

const ROWS = 30;
const MAJOR = 2;

export class Bars {
  #state;
  #list;
  #key;
  #counted;

  constructor(state, list) {
    this.#state = state;
    this.#list = list;
    this.#key = list.dataset.key;
    this.#counted = new Counted(list, { address: () => this.#address(), show: (found) => this.#show(found) });
    list.addEventListener("click", ({ target }) => {
      const item = target.closest("li[data-code]");
      if (item) this.#choose(item.dataset.code);
    });
    list.addEventListener("keydown", (event) => step(event));
    state.addEventListener("change", ({ detail }) => detail.filter && this.#counted.now());
    this.#counted.now();
  }

  soon(after) {
    this.#counted.soon(after);
  }

  get #chosen() {
    return this.#state.now[this.#key] ?? null;
  }

  // With a major chosen its classes are shown; a class stands among those of its major.
  get #major() {
    return this.#key === "class_code" ? (this.#chosen?.slice(0, MAJOR) ?? null) : null;
  }

  #address() {
    const query = this.#state.query([this.#key]);
    query.set("by", this.#major ? "class" : this.#list.dataset.by);
    if (this.#major) query.set("class_code", this.#major);
    query.set("limit", ROWS);
    return `/api/v1/breakdown?${query}`;
  }

  #choose(code) {
    const again = code === this.#chosen;
    this.#state.change({ [this.#key]: again ? this.#wider(code) : code });
  }

  #wider(code) {
    return this.#major && code.length > MAJOR ? this.#major : null;
  }

  #show({ rows, more }) {
    const most = Math.max(...rows.map((row) => row.all), 1);
    redraw(this.#list, rows, makeItem, (item, row) => this.#fill(item, row, most));
    const note = rows.length ? (more ? say("bars_more") : null) : say("bars_none");
    if (note) this.#list.append(el("li", { class: "note" }, note));
  }

  #fill(item, row, most) {
    const button = one("button", item);
    button.setAttribute("aria-pressed", String(row.code === this.#chosen));
    button.title = say("bar_told", { name: row.name, all: number(row.all), overdue: number(row.overdue) });
    button.setAttribute("aria-label", button.title);
    one(".name", item).textContent = row.name;
    one(".n", item).textContent = number(row.all);
    one(".late", item).textContent = row.overdue ? `■ ${number(row.overdue)}` : "";
    one(".meter", item).style.setProperty("--all", row.all / most);
    one(".meter", item).style.setProperty("--overdue", row.overdue / most);
  }
}

function makeItem() {
  const parts = ["name", "late", "n", "meter"].map((name) => el("span", { class: name }));
  return el("li", {}, el("button", { type: "button" }, ...parts));
}

// Up and down go from row to row.
export function step(event) {
  const way = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  const next = way && event.target.closest("li")?.[way]?.querySelector("button");
  if (!next) return;
  event.preventDefault();
  next.focus();
}
