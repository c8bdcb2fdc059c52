// The filter bar: a form whose controls are the filter; what has no control of its own is a chip.

import { dayWords, hourOf, spanEnd, spanStart } from "./moments.js";
import { el, one, page, say } from "./page.js";

const DAY_LENGTH = 10; // a date field knows no hours: those stand on a chip

export class Filters {
  #form = one("#filter");
  #state;
  #daysOpen = false; // the reader has asked for two days and not said them yet

  constructor(state) {
    this.#state = state;
    this.#form.addEventListener("change", ({ target }) => this.#changed(target));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    const opener = one("#filter-open"); // seen on small screens only
    opener.addEventListener("click", () => {
      const open = opener.getAttribute("aria-expanded") !== "true";
      opener.setAttribute("aria-expanded", String(open));
    });
    for (const clear of document.querySelectorAll("[data-clear]")) {
      clear.addEventListener("click", () => state.clear());
    }
    state.addEventListener("change", ({ detail }) => {
      if (["period", "from", "to"].some((key) => detail.keys.has(key))) this.#daysOpen = false;
      this.#show();
    });
    this.#show();
  }

  #changed({ name, value }) {
    if (name === "period") {
      // "Between two days" only opens the fields; nothing is asked before a day is given.
      if (value === "days") this.#openDays({ period: null });
      else this.#state.change({ period: value || null, from: null, to: null });
      return;
    }
    if (name === "from" || name === "to") {
      this.#openDays({ period: null, ...this.#inOrder({ [name]: value || null }) });
      return;
    }
    this.#state.change({ [name]: value || null });
  }

  // The fields stay open while the reader is at them, even when they are empty.
  #openDays(values) {
    this.#state.change(values);
    this.#daysOpen = true;
    this.#show();
  }

  #inOrder(given) {
    const { from, to } = { ...this.#state.now, ...given };
    return from && to && spanStart(from) >= spanEnd(to) ? { from: to, to: from } : { from, to };
  }

  #show() {
    const { now } = this.#state;
    for (const control of this.#form.elements) {
      if (control.name === "period") {
        const days = Boolean(now.from || now.to) || this.#daysOpen;
        control.value = days ? "days" : (now.period ?? "");
        one("#days").hidden = !days;
      } else if (control.name) {
        const value = now[control.name] ?? "";
        control.value = control.type === "date" ? value.slice(0, DAY_LENGTH) : value;
      }
      control.closest("label")?.classList.toggle("set", this.#isSet(control));
    }
    one("#filter-clear").hidden = !this.#state.isNarrow;
    this.#chips(now);
  }

  #isSet({ name, value }) {
    return name === "status" ? value !== "open" : Boolean(value);
  }

  #chips({ cell, from, to }) {
    const chip = (text, without) => {
      const label = say("remove", { what: text });
      const button = el("button", { type: "button", class: "chip", "aria-label": label }, text, " ✕");
      button.addEventListener("click", () => this.#state.change(without));
      return button;
    };
    const chips = [];
    if (cell) {
      const ended = page.ended[cell];
      const text = ended
        ? say("in_ended_cell", { code: cell, day: dayWords(ended) })
        : say("in_cell", { code: cell });
      chips.push(chip(text, { cell: null }));
    }
    if (`${from}${to}`.includes("T")) {
      const hour = (text) => text && `${text.slice(5, DAY_LENGTH)} ${text.slice(11)}:00`;
      const end = to && hour(hourOf(spanEnd(to)));
      const text = say("from_to", { from: hour(from) ?? "…", to: end ?? "…" });
      chips.push(chip(text, { from: null, to: null }));
    }
    one("#chips").replaceChildren(...chips);
  }
}
