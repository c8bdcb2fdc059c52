// What lies where the report is made: cell, street, unit, limit, flags. Asked from /api/v1/locate.

import { ask } from "./api.js";
import { byId, el, say, sign } from "./page.js";

const QUIET_MS = 350; // a position that moves is not asked for at every step
const FLAG_STATES = { unlawful: "late", lawful: "ok", check: "soon" };

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

// The strip "where": what the position is, how sure, and what helps.
export function showState({ state, fix }) {
  const [light, word, help] = STATES[state];
  byId("where").dataset.state = state;
  byId("where-sign").replaceChildren(sign(light, say(word)));
  const accuracy = fix?.accuracy;
  byId("where-accuracy").textContent = accuracy ? say("accuracy", { metres: Math.ceil(accuracy) }) : "";
  byId("where-help").textContent = help ? say(help) : "";
  byId("where-pair").hidden = state !== "insecure";
}

export class Place {
  found = null;
  #position;
  #about;
  #similar;
  #timer = null;
  #running = null;

  // `about()` gives {code, answers} of what is being reported, or {}.
  constructor(position, about, similar) {
    this.#position = position;
    this.#about = about;
    this.#similar = similar;
    position.addEventListener("change", () => this.look());
  }

  // Shows what is known at once and asks for the rest after a moment.
  look() {
    this.#strip();
    clearTimeout(this.#timer);
    this.#running?.abort();
    if (!this.#position.known || this.#about().code !== this.#similar.code) this.#similar.clear();
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
    if (about.code) this.#similar.look(about.code, this.found.location.stored, running.signal);
  }

  #strip() {
    showState(this.#position);
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
}

function row(label, value, more) {
  const words = more ? [value, el("span", { class: "why" }, more)] : [value];
  return [el("dt", {}, label), el("dd", {}, ...words)];
}
