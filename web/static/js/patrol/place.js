// What lies where the report is made: cell, street, unit, limit, flags. Asked from /api/v1/locate.

import { ask } from "./api.js";
import { byId, el, page, say, sign } from "./page.js";

const QUIET_MS = 350; // a position that moves is not asked for at every step
const FLAG_STATES = { unlawful: "late", lawful: "ok", check: "soon" };
const DEGREE_M = 111320;

const STATES = {
  asking: ["soon", "position_asking", null],
  device: ["ok", "position_found", null],
  rough: ["soon", "position_rough", "help_rough"],
  pin: ["ok", "position_pinned", null],
  refused: ["late", "position_refused", "help_refused"],
  unavailable: ["late", "position_unavailable", "help_unavailable"],
  insecure: ["late", "position_insecure", "help_insecure"],
};

// The answer of /locate for a place, with a class and its answers where they are known.
export async function locate({ lon, lat, datum }, { code, answers } = {}, signal) {
  const query = new URLSearchParams({ lon, lat, datum });
  if (code) query.set("class_code", code);
  const said = Object.entries(answers ?? {}).map(([key, yes]) => `${key}:${yes ? "yes" : "no"}`);
  if (code && said.length) query.set("answers", said.join(","));
  return (await ask(`/api/v1/locate?${query}`, { signal })).said;
}

// Where it is, in one line: the named place nearby, or the street.
export function placeWords(found) {
  return found.nearest_place?.words ?? found.street?.name ?? say("no_street");
}

// The cell's code as a row under its label, and as words without one.
export function cellCode({ cell }) {
  if (cell.match === "none") return say("outside_grid");
  if (cell.match === "inside") return cell.code;
  return say("cell_off", { code: cell.code, metres: Math.round(cell.distance_m) });
}

export function cellWords({ cell }) {
  if (cell.match === "none") return say("outside_grid");
  if (cell.match === "inside") return say("cell", { code: cell.code });
  return say("cell_nearest", { code: cell.code, metres: Math.round(cell.distance_m) });
}

export class Place {
  found = null;
  #position;
  #about;
  #timer = null;
  #running = null;

  // `about()` gives {code, answers} of what is being reported, or {}.
  constructor(position, about) {
    this.#position = position;
    this.#about = about;
    position.addEventListener("change", () => this.look());
  }

  // Shows what is known at once and asks for the rest after a moment.
  look() {
    this.#strip();
    clearTimeout(this.#timer);
    this.#running?.abort();
    if (!this.#position.known) {
      this.found = null;
      this.#facts();
      return;
    }
    this.#timer = setTimeout(() => this.#ask(), QUIET_MS);
  }

  async #ask() {
    const running = (this.#running = new AbortController());
    if (!this.found) byId("where-place").textContent = say("locating");
    const about = this.#about();
    try {
      this.found = await locate(this.#position.fix, about, running.signal);
    } catch (fault) {
      if (running.signal.aborted) return;
      this.found = null;
      this.#strip();
      this.#facts(fault);
      return;
    }
    this.#strip();
    this.#facts();
    if (about.code) this.#similar(about.code, running.signal);
  }

  #strip() {
    const { state, fix } = this.#position;
    const [light, word, help] = STATES[state];
    byId("where").dataset.state = state;
    byId("where-sign").replaceChildren(sign(light, say(word)));
    const accuracy = fix?.accuracy;
    byId("where-accuracy").textContent = accuracy ? say("accuracy", { metres: Math.ceil(accuracy) }) : "";
    byId("where-help").textContent = help ? say(help) : "";
    const found = this.#position.known ? this.found : null;
    byId("where-place").replaceChildren(
      ...(found
        ? [el("strong", {}, found.street?.name ?? say("no_street")), ` ${cellWords(found)}`]
        : []),
    );
  }

  // The card on the report: everything that will be said about the place, before it is sent.
  #facts(fault = null) {
    const card = byId("facts");
    card.hidden = !this.#position.known;
    byId("flags").replaceChildren();
    byId("foot-unit").replaceChildren();
    if (fault) {
      card.replaceChildren(el("p", {}, sign("soon", say("locate_failed"))));
      return;
    }
    const found = this.found;
    if (!found) {
      card.replaceChildren(el("p", {}, say("locating")));
      return;
    }
    byId("flags").replaceChildren(
      ...found.flags.map(({ effect, text }) =>
        el("li", {}, sign(FLAG_STATES[effect] ?? "soon", say(`flag_${effect}`)), el("span", {}, text)),
      ),
    );
    const unit = found.suggested_unit ?? found.cell.unit;
    const labels = card.dataset;
    if (found.expected_limit) {
      byId("foot-unit").replaceChildren(
        el("strong", {}, unit?.name ?? say("no_unit")),
        ` · ${found.expected_limit.words}`,
      );
    }
    card.replaceChildren(
      el(
        "dl",
        {},
        ...row(labels.place, placeWords(found)),
        ...row(labels.street, found.street?.name ?? say("no_street")),
        ...row(labels.cell, cellCode(found)),
        ...row(labels.unit, unit?.name ?? say("no_unit"), found.reason),
        ...(found.expected_limit
          ? row(labels.limit, say("limit_forecast", { limit: found.expected_limit.words }))
          : []),
      ),
    );
  }

  // Open cases of the same class around: perhaps somebody was here before.
  async #similar(code, signal) {
    const { lon, lat } = this.found.location.stored;
    const east = page.near_m / (DEGREE_M * Math.cos((lat * Math.PI) / 180));
    const north = page.near_m / DEGREE_M;
    const bbox = [lon - east, lat - north, lon + east, lat + north].join(",");
    const query = new URLSearchParams({ bbox, class_code: code, status: "open", limit: 20 });
    let cases;
    try {
      cases = (await ask(`/api/v1/cases?${query}`, { signal })).said.cases;
    } catch {
      return; // A hint, no more: without it the report can be made as well.
    }
    showSimilar(
      cases
        .map((one) => ({ one, metres: metresBetween(one.location.stored, { lon, lat }) }))
        .filter(({ metres }) => metres <= page.near_m)
        .sort((a, b) => a.metres - b.metres),
    );
  }
}

function row(label, value, more) {
  const words = more ? [value, el("span", { class: "why" }, more)] : [value];
  return [el("dt", {}, label), el("dd", {}, ...words)];
}

function metresBetween(one, other) {
  const east = (one.lon - other.lon) * Math.cos((other.lat * Math.PI) / 180);
  return Math.hypot(east, one.lat - other.lat) * DEGREE_M;
}

export function showSimilar(near) {
  const box = byId("similar");
  box.hidden = near.length === 0;
  if (!near.length) return;
  const [{ one, metres }] = near;
  const told = near.length === 1 ? "similar_one" : "similar_many";
  const values = { number: one.number.slice(-7), status: one.status_label, count: near.length };
  const shown = near.length === 1 ? Math.round(metres) : page.near_m;
  box.replaceChildren(sign("soon", say(told, { ...values, metres: shown })));
}
