// The panel beside the list: one card at a time, a case or a place, as the address says.

import { ask, isStale, latest } from "./api.js";
import { caseCard } from "./casecard.js";
import { el, one, say } from "./page.js";
import { placeCard } from "./placecard.js";

const SLOW_MS = 300; // longer than this: say that something is on its way

export class Cards {
  #state;
  #map;
  #panel = one("#card");
  #body = one("#card-body");
  #askCase = latest();
  #askPlace = latest();
  #opener = null;

  constructor(state, map) {
    this.#state = state;
    this.#map = map;
    state.addEventListener("change", ({ detail }) => this.#changed(detail));
    one("#card-close").addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      const free = !event.defaultPrevented && !one("dialog[open]");
      if (event.key === "Escape" && free && !this.#panel.hidden) this.close();
    });
    this.#open(false);
  }

  get caseNumber() {
    return this.#state.now.case ?? null;
  }

  close() {
    this.#state.change({ case: null, at: null });
    if (this.#opener?.isConnected) this.#opener.focus();
    this.#opener = null;
  }

  // The case that is open has moved: its card says so at once.
  refresh() {
    if (this.caseNumber) this.#case(this.caseNumber, false);
  }

  #changed({ keys, moved }) {
    if (!keys.has("case") && !keys.has("at")) return;
    const active = document.activeElement;
    const outside = !this.#panel.contains(active);
    if (outside) this.#opener = active;
    // Who opens it by keyboard goes on reading there; Escape leads back.
    const follows = outside && !moved && active.matches(":focus-visible");
    this.#open(!moved);
    if (follows && !this.#panel.hidden) this.#body.focus({ preventScroll: true });
  }

  #open(move) {
    const { case: number, at } = this.#state.now;
    this.#panel.hidden = !number && !at;
    if (number) this.#case(number, move);
    else if (at) this.#place(at, move);
    else this.#map.clearMarks();
  }

  async #case(number, move) {
    await this.#fill(`case ${number}`, async () => {
      const whole = await this.#askCase(`/api/v1/cases/${encodeURIComponent(number)}`);
      const [history, photos] = await Promise.all(
        ["history", "photos"].map((part) => ask(`/api/v1/cases/${whole.number}/${part}`)),
      );
      this.#map.showCase(whole.location.stored, move);
      return caseCard(whole, history, photos.photos);
    });
  }

  async #place(at, move) {
    const named = at.includes(",") ? null : at; // a cell by its code, perhaps one that has ended
    await this.#fill(`place ${at}`, async () => {
      const asked = named && (await ask(`/api/v1/cells/${named}`));
      const [lon, lat] = asked ? [asked.inside.lon, asked.inside.lat] : at.split(",").map(Number);
      this.#map.showPlace({ lon, lat }, false);
      const found = await this.#askPlace(`/api/v1/locate?${placeQuery(lon, lat)}`);
      const code = named ?? (found.cell.match === "none" ? null : found.cell.code);
      const quiet = (path) => ask(path).catch(() => null);
      const [cell, months] = await Promise.all([
        asked ?? (code && quiet(`/api/v1/cells/${code}`)),
        code && quiet(`/api/v1/cells/${code}/months`),
      ]);
      this.#map.showPlace({ lon, lat }, move, cell);
      return placeCard(found, cell, months, {
        ask: (chosen) => ask(`/api/v1/locate?${placeQuery(lon, lat, chosen)}`),
        filter: (values) => this.#state.change(values),
      });
    });
  }

  // Shows what `make` brings, a word while it takes long, and the reason when it fails.
  async #fill(what, make) {
    const same = this.#panel.dataset.what === what;
    this.#panel.dataset.what = what;
    const slow = setTimeout(() => {
      if (!same) this.#body.replaceChildren(el("p", { class: "empty" }, say("loading")));
    }, SLOW_MS);
    try {
      const card = await make();
      if (this.#panel.dataset.what !== what) return;
      this.#body.replaceChildren(card);
      if (!same) this.#body.scrollTop = 0;
    } catch (fault) {
      if (isStale(fault) || this.#panel.dataset.what !== what) return;
      this.#body.replaceChildren(el("p", { class: "notice error", role: "alert" }, fault.message));
    } finally {
      clearTimeout(slow);
    }
  }
}

function placeQuery(lon, lat, chosen) {
  const query = new URLSearchParams({ lon, lat, datum: "cgcs2000" });
  if (chosen) query.set("class_code", chosen);
  return query;
}
