// Reported and closed over time. A stretch that is drawn over becomes the time of the filter; the
// table says the same to those who do not see the chart.

import { Counted } from "./counted.js";
import { dayAfter, dayOf, dayStart, hourOf, now, shortMoment } from "./moments.js";
import { el, number, one, say } from "./page.js";
import { chartOf } from "./trendchart.js";
import { TrendKeys } from "./trendkeys.js";

const HOUR_MS = 3600000;
const MOST_BINS = 400;
const USUAL = { hour: 24, day: 30 };
const LENGTH_MS = { hour: HOUR_MS, day: 24 * HOUR_MS };

export class Trend {
  #state;
  #pane = one(".trend-pane");
  #chart = null;
  #found = null;
  #shown = null;
  #keys;
  #counted;

  constructor(state) {
    this.#state = state;
    this.#counted = new Counted(this.#pane, { address: () => this.#address(), show: (found) => this.#show(found) });
    for (const radio of document.querySelectorAll('input[name="trend"]')) {
      radio.checked = radio.value === state.now.trend;
      radio.addEventListener("change", () => state.change({ trend: radio.value }));
      state.addEventListener("change", () => (radio.checked = radio.value === state.now.trend));
    }
    this.#keys = new TrendKeys(one("#trend-chart"), {
      choose: (first, last) => this.#choose(first, last),
      show: (stretch) => this.#chart?.show({ ...this.#shown, chosen: stretch ?? this.#shown.chosen }),
      words: (first, last) => this.#words(first, last),
    });
    one("#trend-clear").addEventListener("click", () => this.#choose(null));
    state.addEventListener("change", ({ detail }) => {
      if (detail.filter || detail.keys.has("trend")) this.#counted.now();
    });
    this.#counted.now();
    chartOf(one("#trend-chart"), (from, to) => this.#choose(from, to))
      .then((chart) => (this.#chart = chart) && this.#found && this.#show(this.#found))
      .catch(() => this.#withoutChart());
  }

  soon(after) {
    this.#counted.soon(after);
  }

  // The last 24 hours or 30 days, unless the filter's time lies elsewhere.
  #window() {
    const { trend } = this.#state.now;
    const length = LENGTH_MS[trend];
    const usual = trend === "day"
      ? dayStart(dayAfter(dayOf(now()), 1 - USUAL.day))
      : Math.floor(now() / HOUR_MS) * HOUR_MS - (USUAL.hour - 1) * HOUR_MS;
    const [from, until] = this.#state.span;
    if (!from && !until) return [usual, null];
    const end = Math.min(until ?? now(), now());
    const begin = Math.max(from ?? 0, end - (MOST_BINS - 2) * length);
    return begin >= usual ? [usual, null] : [begin, end < now() ? end : null];
  }

  #address() {
    const query = this.#state.query(["status", "overdue"]);
    const [from, until] = this.#window();
    query.set("bin", this.#state.now.trend);
    query.set("from", new Date(from).toISOString());
    query.delete("to");
    if (until) query.set("to", new Date(until).toISOString());
    return `/api/v1/trend?${query}`;
  }

  #show(found) {
    this.#found = found;
    const { bin, starts, end, reported, closed } = found;
    const moments = starts.map((start) => Date.parse(start));
    const names = moments.map((moment) => nameOf(moment, bin));
    const sum = (values) => number(values.reduce((a, b) => a + b, 0));
    one("#trend-sum").textContent = say("trend_all", { reported: sum(reported), closed: sum(closed) });
    const told = say("trend_told", {
      bin: say(`per_${bin}`),
      from: shortMoment(moments[0]),
      to: shortMoment(Date.parse(end)),
    });
    one("#trend-told").textContent = told;
    one("#trend-sum").title = told;
    const rows = names.map((name, i) =>
      el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, number(reported[i])), el("td", {}, number(closed[i]))),
    );
    one("#trend-table tbody").replaceChildren(...rows);
    one("#trend-clear").hidden = !this.#state.span.some(Boolean);
    this.#shown = { names, reported, closed, chosen: this.#chosen(moments, Date.parse(end)) };
    this.#chart?.show(this.#shown);
    this.#keys.fresh(names.length);
  }

  // A stretch as people say it: from when to when, and its numbers.
  #words(first, last) {
    const { names, reported, closed } = this.#shown;
    const sum = (values) => number(values.slice(first, last + 1).reduce((a, b) => a + b, 0));
    const span = first === last ? names[first] : say("from_to", { from: names[first], to: names[last] });
    return `${span}: ${say("trend_all", { reported: sum(reported), closed: sum(closed) })}`;
  }

  // The bins of the filter's time, first and last; null when it has none or holds them all.
  #chosen(moments, end) {
    const [from, until] = this.#state.span;
    if (!from && !until) return null;
    const inside = moments.map((moment, i) => {
      const next = moments[i + 1] ?? end;
      return next > (from ?? 0) && moment < (until ?? Infinity);
    });
    const [first, last] = [inside.indexOf(true), inside.lastIndexOf(true)];
    return first < 0 ? null : [first, last];
  }

  #choose(first, last) {
    if (first === null) return this.#state.change({ period: null, from: null, to: null });
    const { bin, starts } = this.#found;
    const say = bin === "day" ? dayOf : hourOf;
    const [from, to] = [first, last].map((i) => say(Date.parse(starts[i])));
    this.#state.change({ period: null, from, to });
  }

  #withoutChart() {
    one("#trend-text").classList.remove("only-read");
    one("#trend-chart").replaceChildren(el("p", { class: "empty" }, say("chart_not_loaded")));
  }
}

function nameOf(moment, bin) {
  const day = dayOf(moment).slice(5).replace("-", "/");
  return bin === "day" ? day : `${hourOf(moment).slice(-2)}:00`;
}
