// Open cases of the same class around the place, nearest first: perhaps somebody was here before.
// A line above the Report button tells of them; they open as a step of their own. Nothing here
// keeps anybody from reporting.

import { ask } from "./api.js";
import { age, byId, clock, el, grouped, page, say, sign } from "./page.js";

const DEGREE_M = 111320;
const MOST_ASKED = 50;
const SHOWN = 5;

export class Similar {
  code = null;
  #near = [];
  #same;

  // `same()` is called when somebody has said that it is one of these.
  constructor(same) {
    this.#same = same;
  }

  get any() {
    return this.#near.length > 0;
  }

  clear() {
    this.code = null;
    this.#near = [];
    byId("similar-line").hidden = true;
  }

  // Asks what is open around `place` (degrees of CGCS2000); without an answer there is no hint.
  async look(code, place, signal) {
    let said;
    try {
      said = (await ask(`/api/v1/cases?${query(code, place)}`, { signal })).said;
    } catch {
      if (!signal.aborted) this.clear();
      return;
    }
    this.code = code;
    this.#near = said.cases
      .map((one) => ({ one, metres: Math.round(metresBetween(one.location.stored, place)) }))
      .filter(({ metres }) => metres <= page.near_m)
      .sort((a, b) => a.metres - b.metres);
    this.#line(said);
    this.#cards(said.as_of);
  }

  #line({ as_of, next }) {
    byId("similar-line").hidden = !this.any;
    if (!this.any) return;
    const [{ one, metres }] = this.#near;
    const count = `${this.#near.length}${next ? "+" : ""}`;
    const values = { metres, age: age(one.received_at, as_of), count };
    byId("similar-words").replaceChildren(
      sign("soon", say(this.#near.length === 1 ? "similar_one" : "similar_many", values)),
    );
  }

  #cards(asOf) {
    byId("similar-list").replaceChildren(
      ...this.#near.slice(0, SHOWN).map(({ one, metres }) => this.#card(one, metres, asOf)),
    );
  }

  #card(one, metres, asOf) {
    const label = say("it_is_the_same");
    const button = el("button", { type: "button", class: "wide", "data-case": one.number }, label);
    button.addEventListener("click", () => {
      showCase(one, asOf);
      this.#same();
    });
    return el(
      "li",
      { class: "card" },
      el("p", { class: "mine-head" }, el("strong", {}, say("away", { metres })), el("span", {}, age(one.received_at, asOf))),
      el("p", {}, status(one)),
      one.description ? el("p", { class: "similar-said" }, one.description) : null,
      button,
    );
  }
}

// The short card of a case, instead of a second report of the same thing.
function showCase(one, asOf) {
  const labels = byId("receipt").dataset;
  const unit = one.unit ?? one.suggested_unit ?? one.cell.unit;
  byId("same-card").replaceChildren(
    el("p", { class: "receipt-mark" }, sign("soon", say("same_told"))),
    el("h1", { id: "same-title", tabindex: "-1" }, one.class.name),
    el(
      "dl",
      {},
      ...row(labels.status, status(one)),
      ...row(labels.number, grouped(one.number)),
      ...row(labels.place, one.street?.name ?? say("no_street")),
      ...row(labels.unit, unit?.name ?? say("no_unit")),
      ...row(labels.received, `${age(one.received_at, asOf)} · ${clock(one.received_at)}`),
      ...(one.due_at ? row(labels.limit, say("due_at", { time: clock(one.due_at) })) : []),
      ...(one.description ? row(labels.told, one.description) : []),
    ),
  );
}

const status = ({ overdue, status_label: label }) =>
  overdue ? sign("late", `${label} · ${say("overdue")}`) : sign("ok", label);

function query(code, { lon, lat }) {
  const east = page.near_m / (DEGREE_M * Math.cos((lat * Math.PI) / 180));
  const north = page.near_m / DEGREE_M;
  const bbox = [lon - east, lat - north, lon + east, lat + north].join(",");
  return new URLSearchParams({ bbox, class_code: code, status: "open", limit: MOST_ASKED });
}

function metresBetween(one, other) {
  const east = (one.lon - other.lon) * Math.cos((other.lat * Math.PI) / 180);
  return Math.hypot(east, one.lat - other.lat) * DEGREE_M;
}

const row = (label, value) => [el("dt", {}, label), el("dd", {}, value)];
