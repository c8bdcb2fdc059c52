// Where is it worst, by a criterion that is said and can be changed? A row leads to the place.

import { step } from "./bars.js";
import { Counted, redraw } from "./counted.js";
import { shortMoment } from "./moments.js";
import { el, number, one, say } from "./page.js";

const ROWS = 12;

// Criterion → how the API calls it (by what is counted), the value of a row, what stands beside it.
const CRITERIA = {
  open: { api: () => "open", value: (row) => say("value_open", { n: number(row.open) }), beside: late },
  overdue: {
    api: () => "overdue",
    value: (row) => say("value_overdue", { n: number(row.overdue) }),
    beside: (row) => say("beside_open", { n: number(row.open) }),
  },
  density: {
    api: (by) => (by === "street" ? "per_km" : "per_km2"),
    value: (row, unit) => say(`value_${unit}`, { n: number(Math.round(row.per_size)) }),
    beside: (row, unit) => say(`beside_size_${unit}`, { n: number(row.all), size: size(row.size) }),
  },
  rising: {
    api: () => "rising",
    value: (row) => say("value_rising", { n: number(row.recent - row.before), before: number(row.before), recent: number(row.recent) }),
    beside: late,
  },
};

export class Worst {
  #state;
  #list = one("#worst");
  #choice = one("#worst-criterion");
  #rows = new Map();
  #counted;

  constructor(state) {
    this.#state = state;
    this.#counted = new Counted(this.#list, { address: () => this.#address(), show: (found) => this.#show(found) });
    this.#choice.value = state.now.worst;
    this.#choice.addEventListener("change", () => state.change({ worst: this.#choice.value }));
    this.#list.addEventListener("click", ({ target }) => {
      const row = this.#rows.get(target.closest("li[data-code]")?.dataset.code);
      if (row) this.#choose(row);
    });
    this.#list.addEventListener("keydown", (event) => step(event));
    state.addEventListener("change", ({ detail }) => {
      this.#choice.value = state.now.worst;
      if (detail.filter || detail.keys.has("by") || detail.keys.has("worst")) this.#counted.now();
    });
    this.#counted.now();
  }

  soon(after) {
    this.#counted.soon(after);
  }

  #address() {
    const { by, worst } = this.#state.now;
    const query = this.#state.query(["cell", "street", "zone"]);
    query.set("by", by);
    query.set("criterion", CRITERIA[worst].api(by));
    query.set("limit", ROWS);
    return `/api/v1/breakdown?${query}`;
  }

  // The place card opens, and the whole page shows the cases of this place; late ones by how late.
  #choose({ code, at }) {
    const { by, worst, order } = this.#state.now;
    const others = { cell: null, street: null, zone: null };
    if (this.#state.now[by] === code) return this.#state.change({ [by]: null, at: null });
    const place = at && `${at.lon.toFixed(6)},${at.lat.toFixed(6)}`;
    this.#state.change({
      ...others,
      [by]: code,
      at: place,
      case: null,
      order: worst === "overdue" ? "due" : order,
    });
  }

  #show({ by, rows, size_unit: unit, period }) {
    const { worst } = this.#state.now;
    one("#worst-title").textContent = say(`worst_${by}`);
    one("#worst-told").textContent = told(worst, unit, period);
    this.#rows = new Map(rows.map((row) => [row.code, row]));
    redraw(this.#list, rows, makeItem, (item, row) => this.#fill(item, row, by, worst, unit));
    if (!rows.length) this.#list.append(el("li", { class: "note" }, say("worst_none")));
  }

  #fill(item, row, by, worst, unit) {
    const button = one("button", item);
    const { value, beside } = CRITERIA[worst];
    const name = by === "cell" ? (row.unit?.name ?? row.code) : row.name;
    button.setAttribute("aria-pressed", String(this.#state.now[by] === row.code));
    one(".name", item).textContent = name;
    button.title = [row.name, row.unit?.name].filter(Boolean).join(" · ");
    one(".where", item).textContent = by === "cell" ? row.code : (row.unit?.name ?? "");
    one(".late", item).textContent = beside(row, unit);
    one(".n", item).textContent = value(row, unit);
    one(".n", item).classList.toggle("is-late", worst === "overdue");
  }
}

function makeItem() {
  const parts = ["name", "n", "where", "late"].map((name) => el("span", { class: name }));
  return el("li", {}, el("button", { type: "button" }, ...parts));
}

function late(row) {
  return row.overdue ? say("beside_overdue", { n: number(row.overdue) }) : "";
}

function told(worst, unit, { from, to }) {
  if (worst === "density") return say(`worst_density_told_${unit}`);
  const span = { from: shortMoment(Date.parse(from)), to: shortMoment(Date.parse(to)) };
  return say(`worst_${worst}_told`, span);
}

const size = (value) => value.toLocaleString(document.documentElement.lang, { maximumSignificantDigits: 2 });
