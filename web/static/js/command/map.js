// The map under the filter: density, selection, view; the cases on it are `signs.js`. The layers
// themselves are folium's and those of js/map; here they are told what to show.

import { el, one, page, say } from "./page.js";
import { CaseSigns } from "./signs.js";
import { first } from "./turns.js";

const { wanmi, L } = window;
const LAYERS = { cell: "cells", street: "by_street", zone: "by_zone" };
const VIEW_MS = 400; // the view goes into the address when the map has come to rest
const CLOSE = 16; // zoom to which a chosen case is brought

export class CityMap {
  #state;
  #picture;
  #map = wanmi.leaflet;
  #marks = L.layerGroup();
  #viewTimer = null;
  #dense = true;
  #caption = "";

  constructor(state, picture) {
    this.#state = state;
    this.#picture = picture;
    this.signs = new CaseSigns(picture, () => this.query());
    this.onCounts = () => {}; // the counts on the map are asked for anew
    this.slice = null; // {from, to} or null: the time that the map shows instead of the filter's
    this.compared = null; // {now, then, few, title, note} or null: two periods, and what is said of them
    this.#marks.addTo(this.#map);
    state.addEventListener("change", ({ detail }) => this.#changed(detail));
    this.#listen();
    this.#look(state.now.view);
    this.#title();
  }

  // Counts of the layer that is shown, asked for anew; the classes stay while events come in.
  refreshDensity(keep = true) {
    this.onCounts();
    const { by } = this.#state.now;
    for (const [each, key] of Object.entries(LAYERS)) {
      const layer = wanmi.layers[key];
      if (!layer) continue;
      const { now, then, few } = this.compared ?? {};
      const source = { address: this.#counts(each, now) };
      layer.settings.compare = then ? { address: this.#counts(each, then) } : null;
      layer.settings.few = few ?? null;
      if (this.slice && each === by) continue; // the time bar gives the counts of its frame
      if (each === by && layer.ready && this.#dense) {
        layer.settings.counts = source;
        first(layer.refresh(keep));
      } else {
        // Not shown: asked for when it is.
        layer.settings.counts = source;
        layer.stale = true;
      }
    }
  }

  // The filter as the API takes it, narrowed to the time that the map shows.
  query() {
    const query = this.#state.query();
    for (const [name, value] of Object.entries(this.slice ?? {})) query.set(name, value);
    return query;
  }

  // The map alone shows another time than the filter's: one frame, with its words; null ends it.
  setSlice(slice, words = "") {
    this.slice = slice;
    this.#caption = words;
    this.#title();
    this.signs.setSlice(Boolean(slice));
    if (!slice) this.refreshDensity(false);
    else this.onCounts();
  }

  // The density shows the difference between two periods; null ends it.
  setCompared(compared) {
    this.compared = compared;
    this.#title();
    this.refreshDensity(false);
  }

  showDensity(on) {
    this.#dense = on;
    this.#show(this.#state.now.by);
  }

  // Frames a case that was opened; brings it into view when it is out of it.
  showCase({ lon, lat }, move) {
    this.#marks.clearLayers();
    L.marker([lat, lon], { icon: ring("case"), interactive: false, keyboard: false }).addTo(
      this.#marks,
    );
    if (move) this.#bring(lon, lat);
  }

  // `cell` is the answer of /cells when it is known: its own outline, dashed when it has ended.
  showPlace({ lon, lat }, move, cell = null) {
    this.#marks.clearLayers();
    L.marker([lat, lon], { icon: ring("place"), interactive: false, keyboard: false }).addTo(
      this.#marks,
    );
    const cells = wanmi.layers.cells;
    if (cell) {
      const className = cell.valid_to ? "wanmi-chosen ended" : "wanmi-chosen";
      L.geoJSON(cell.geometry, { interactive: false, style: { className, fill: false } }).addTo(this.#marks);
      if (move) this.#bring(lon, lat);
      return;
    }
    const outline = cells?.codeAt?.(lon, lat) && wanmi.ringsOf(cells.edges, cells.place.get(cells.codeAt(lon, lat)));
    if (outline) {
      L.polygon(outline, { className: "wanmi-chosen", fill: false, interactive: false }).addTo(
        this.#marks,
      );
    }
    if (move) this.#bring(lon, lat);
  }

  clearMarks() {
    this.#marks.clearLayers();
  }

  #bring(lon, lat) {
    const place = L.latLng(lat, lon);
    if (this.#map.getBounds().pad(-0.1).contains(place)) return;
    this.#map.setView(place, Math.max(this.#map.getZoom(), CLOSE));
  }

  #listen() {
    this.signs.onCase = (number) => this.#state.change({ case: number, at: null });
    this.signs.onCell = (cell) => this.#state.change({ cell });
    this.#map.getContainer().addEventListener("wanmi:pick", ({ detail }) => {
      const at = `${detail.lon.toFixed(6)},${detail.lat.toFixed(6)}`;
      this.#state.change({ at, case: null });
    });
    this.#map.on("moveend", () => {
      clearTimeout(this.#viewTimer);
      this.#viewTimer = setTimeout(() => this.#noteView(), VIEW_MS);
    });
    for (const radio of document.querySelectorAll('input[name="by"]')) {
      radio.checked = radio.value === this.#state.now.by;
      radio.addEventListener("change", () => this.#state.change({ by: radio.value }));
    }
  }

  #noteView() {
    const { lat, lng } = this.#map.getCenter();
    const view = `${this.#map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
    this.#state.change({ view }, { replace: true });
  }

  #look(view) {
    if (!view) return;
    const [zoom, lat, lon] = view.split("/").map(Number);
    this.#map.setView([lat, lon], zoom, { animate: false });
  }

  #changed({ keys, filter, moved }) {
    if (filter) {
      this.#title();
      this.refreshDensity(false);
    }
    if (keys.has("by")) this.#show(this.#state.now.by);
    if (moved && keys.has("view")) this.#look(this.#state.now.view);
  }

  #show(by) {
    for (const [each, key] of Object.entries(LAYERS)) {
      const layer = wanmi.layers[key];
      if (!layer) continue;
      if (each !== by || !this.#dense) {
        layer.remove();
      } else {
        layer.addTo(this.#map);
        if (layer.stale && layer.ready) layer.ready.then(() => layer.refresh());
        layer.stale = false;
      }
    }
    const radio = one(`input[name="by"][value="${by}"]`);
    if (radio) radio.checked = true;
  }

  #counts(by, span) {
    const query = this.query();
    if (this.#picture.after) query.set("after", this.#picture.after);
    for (const [name, value] of Object.entries(span ?? {})) query.set(name, value);
    if (by === "cell") return `/api/v1/grid/counts?${query}`;
    query.set("by", by);
    return `/api/v1/density?${query}`;
  }

  #title() {
    const { status, overdue } = this.#state.now;
    const name = overdue ? say("late") : page.statuses[status];
    for (const key of Object.values(LAYERS)) {
      const layer = wanmi.layers[key];
      if (!layer) continue;
      const title = this.compared?.title ?? say("density", { status: name });
      layer.settings.colouring.title = this.#caption ? `${title} · ${this.#caption}` : title;
      layer.settings.colouring.note = this.compared?.note ?? null;
    }
  }
}

function ring(kind) {
  return L.divIcon({
    className: `wanmi-ring ${kind}`,
    html: el("span", { "aria-hidden": "true" }),
    iconSize: [44, 44],
  });
}
