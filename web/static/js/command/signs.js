// The cases on the map: one by one while they are few or near; in heaps while there are more than
// the list holds and the map is far off, so that nothing is sent for each of them.

import { ask, isStale, latest } from "./api.js";
import { page } from "./page.js";
import { signOf } from "./picture.js";
import { first } from "./turns.js";

const { wanmi, L } = window;
const SINGLE = 16; // zoom from which many cases are shown one by one
const MOST_NEAR = 1000; // cases in view; of more there are heaps
const BESIDE = 0.25; // of the view, loaded on each side of it
const TICK_MS = 30000;

export class CaseSigns {
  #picture;
  #query;
  #map = wanmi.leaflet;
  #issues = wanmi.layers.issues;
  #heaps = wanmi.layers.heaps;
  #first; // the document that is on the map already: its layer has loaded it itself
  #slice = false;
  #many = false;
  #near = null; // where the cases on the map have been asked for, when there are many
  #askSlice = latest();
  #askNear = latest();
  #pointed = null;
  #asked = null; // the heaps that the map shows or waits for

  // `query()` is the filter with the time that the map shows.
  constructor(picture, query) {
    this.#picture = picture;
    this.#query = query;
    this.onPoint = () => {}; // (numbers): the pointer is on these cases
    this.onCase = () => {}; // (number): one was chosen
    this.onCell = () => {}; // (code): a heap was chosen that cannot be looked at closer
    this.first.then((document) => (this.#first = document)).catch(() => {});
    // Where there were many there are likely many again: heaps are asked for beside the rows.
    picture.addEventListener("loading", () => this.#many && !this.#slice && this.#loadHeaps());
    picture.addEventListener("rows", ({ detail }) => this.#fresh(detail.document));
    picture.addEventListener("changed", ({ detail }) => this.#merge(detail));
    this.#listen();
    setInterval(() => this.#tick(), TICK_MS);
  }

  // The document of the cases that the map has asked for while it was built.
  get first() {
    return wanmi.load(this.#issues.settings.issues);
  }

  // The pointer is on a row of the list.
  point(caseNumber) {
    this.#pointed?.classList.remove("pointed");
    const marker = caseNumber && this.#issues.markers.get(caseNumber);
    const shown = marker && this.#issues.getVisibleParent(marker);
    const cell = caseNumber && this.#many && this.#picture.rows.get(caseNumber)?.cell;
    this.#pointed = shown?.getElement?.() ?? shown?._icon ?? (cell && this.#heaps.elementOf(cell)) ?? null;
    if (this.#pointed) this.#pointed.classList.add("pointed");
  }

  // The map shows another time than the list, or again the same.
  async setSlice(on) {
    this.#slice = on;
    if (!on) return this.#take(this.#picture.document);
    try {
      this.#take(await this.#askSlice(this.#address(page.rows_at_once)));
    } catch (fault) {
      if (!isStale(fault)) wanmi.fail(fault);
    }
  }

  #address(limit, box = null) {
    const query = this.#query();
    query.set("limit", String(limit));
    if (box) query.set("bbox", box);
    return `/api/v1/cases/points?${query}`;
  }

  #fresh(document) {
    if (this.#slice) return;
    if (document === this.#first && !document.more) return;
    this.#take(document);
  }

  // Rows that are all there are go on the map; of more than that there are heaps.
  #take(document) {
    if (!document) return;
    this.#near = null;
    this.#many = Boolean(document.more && this.#heaps);
    if (!this.#many) {
      this.#asked = null;
      this.#heaps?.remove();
      this.#issues.set(document);
      return;
    }
    this.#empty();
    if (this.#asked !== this.#heapsAddress) this.#loadHeaps();
    this.#look();
  }

  #empty() {
    if (this.#issues.markers.size) this.#issues.set({ columns: [], rows: [] });
  }

  get #heapsAddress() {
    const query = this.#query();
    if (this.#picture.after) query.set("after", this.#picture.after);
    return `/api/v1/grid/heaps?${query}`;
  }

  #loadHeaps() {
    this.#asked = this.#heapsAddress;
    first(this.#heaps.load(this.#asked)).catch((fault) => {
      this.#asked = null;
      wanmi.fail(fault);
    });
  }

  // Heaps, or the cases in view: as near as the map is and as many as there are.
  async #look() {
    if (!this.#many || !this.#map.hasLayer(this.#issues)) {
      this.#heaps?.remove();
      return;
    }
    if (this.#map.getZoom() < SINGLE) {
      this.#near = null;
      this.#heaps.closest = Infinity;
      this.#empty();
      this.#heaps.addTo(this.#map);
      return;
    }
    if (this.#near?.contains(this.#map.getBounds())) return;
    const near = this.#map.getBounds().pad(BESIDE);
    try {
      const document = await this.#askNear(this.#address(MOST_NEAR, near.toBBoxString()));
      if (!this.#many || this.#map.getZoom() < SINGLE) return;
      this.#near = near;
      this.#heaps.closest = document.more ? SINGLE : Infinity;
      if (document.more) {
        this.#empty();
        this.#heaps.addTo(this.#map);
      } else {
        this.#heaps.remove();
        this.#issues.set(document);
      }
    } catch (fault) {
      if (!isStale(fault)) wanmi.fail(fault);
    }
  }

  #merge({ rows, gone }) {
    if (this.#slice) return;
    let here = rows;
    if (this.#many) {
      this.#loadHeaps();
      if (!this.#near || this.#map.hasLayer(this.#heaps)) return;
      here = rows.filter(({ lat, lon }) => this.#near.contains([lat, lon]));
    }
    gone.forEach((each) => this.#issues.remove(each));
    here.forEach((row) => this.#issues.add({ ...row, sign: signOf(row) }));
  }

  // A case that was in time a minute ago may be late now.
  #tick() {
    for (const { options } of [...this.#issues.markers.values()]) {
      const kind = signOf(options.issue);
      if (options.sign !== kind) this.#issues.update({ ...options.issue, sign: kind });
    }
  }

  #listen() {
    const issues = this.#issues;
    const numbers = (layers) => layers.map(({ options }) => options.issue.number);
    wanmi.onChosen(issues, ({ layer }) => this.onCase(layer.options.issue.number));
    issues.on("mouseover", ({ layer }) => this.onPoint(numbers([layer])));
    issues.on("clustermouseover", ({ layer }) => this.onPoint(numbers(layer.getAllChildMarkers())));
    issues.on("mouseout clustermouseout", () => this.onPoint([]));
    this.#map.on("moveend", () => this.#look());
    this.#map.on("layeradd layerremove", ({ layer }) => layer === issues && this.#look());
    this.#heaps?.on("heap", ({ codes }) => codes.length && this.onCell(codes[0]));
    this.#heaps?.on("heapover", ({ codes }) => this.onPoint(this.#listed(new Set(codes))));
    this.#heaps?.on("heapout", () => this.onPoint([]));
  }

  #listed(codes) {
    return [...this.#picture.rows.values()].filter(({ cell }) => codes.has(cell)).map(({ number }) => number);
  }
}
