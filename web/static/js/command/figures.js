// The key figures: the chain from report to end, what is late, what today has brought. A figure is
// a button that shows its cases.

import { number, one, percent } from "./page.js";

export class Figures {
  #strip = one("#figures");

  constructor(state, picture) {
    picture.addEventListener("figures", ({ detail }) => this.#show(detail));
    state.addEventListener("change", () => this.#press(state.now));
    this.#press(state.now);
    this.#strip.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-status]");
      if (!button) return;
      const overdue = button.dataset.overdue ?? null;
      const period = button.dataset.period ?? null;
      const time = period ? { period, from: null, to: null } : {};
      state.change({ status: button.dataset.status, overdue, ...time });
    });
  }

  #show(figures) {
    for (const place of this.#strip.querySelectorAll("[data-figure]")) {
      const { figure } = place.dataset;
      const [group, name] = figure.split(".");
      const value = name ? (figures[group][name] ?? 0) : figures[figure];
      place.textContent = number(value);
    }
    for (const place of this.#strip.querySelectorAll("[data-share]")) {
      const [part, whole] = place.dataset.share.split("/").map((name) => figures[name]);
      // Of nothing there is no share.
      place.textContent = whole ? percent(part / whole) : "–";
    }
    this.#strip.removeAttribute("aria-busy");
  }

  #press({ status, overdue, period }) {
    for (const button of this.#strip.querySelectorAll("button[data-status]")) {
      const same =
        button.dataset.status === status &&
        (button.dataset.overdue ?? null) === (overdue ?? null) &&
        (!button.dataset.period || button.dataset.period === period);
      button.setAttribute("aria-pressed", String(same));
    }
  }
}
