// What the period has brought beside the period before, components and matters apart.

import { Counted } from "./counted.js";
import { shortMoment } from "./moments.js";
import { el, number, one, say } from "./page.js";

const CHANGING = ["reported", "closed"];

export class Compared {
  #state;
  #table = one("#compared");
  #counted;

  constructor(state) {
    this.#state = state;
    this.#counted = new Counted(this.#table, {
      address: () => `/api/v1/figures/compared?${state.query(["status", "overdue"])}`,
      show: (found) => this.#show(found),
    });
    state.addEventListener("change", ({ detail }) => detail.filter && this.#counted.now());
    this.#counted.now();
  }

  soon(after) {
    this.#counted.soon(after);
  }

  #show({ figures, period, period_before: before }) {
    const { period: named, from, to } = this.#state.now;
    const today = named === "today" || !(named || from || to);
    one("#compared-period").textContent = say(today ? "period_today" : "period_filter");
    const told = say("compared_told", {
      from: shortMoment(Date.parse(period.from)),
      to: shortMoment(Date.parse(period.to)),
      before_from: shortMoment(Date.parse(before.from)),
      before_to: shortMoment(Date.parse(before.to)),
    });
    this.#table.title = told;
    for (const row of this.#table.querySelectorAll("tr[data-part]")) {
      const values = figures[row.dataset.part];
      for (const cell of row.querySelectorAll("[data-name]")) {
        const { name } = cell.dataset;
        const change = CHANGING.includes(name) ? [" ", difference(values[name] - values[`${name}_before`])] : [];
        cell.replaceChildren(number(values[name]), ...change);
      }
    }
  }
}

// More or fewer: a shape and a number, no colour; whether more is worse depends on the figure.
function difference(change) {
  if (!change) return el("small", {}, "±0");
  return el("small", {}, `${change > 0 ? "▲" : "▼"} ${number(Math.abs(change))}`);
}
