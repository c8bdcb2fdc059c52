// The layers on the map, as the address says: which are shown, counts or rates, and the filter for
// those that count.

import { now, wholeMoment } from "./moments.js";
import { page } from "./page.js";

const { wanmi } = window;
const DENSITIES = ["cells", "by_street", "by_zone"];
const NONE = "none";

// What a printed map says above itself: the filter as it reads in the filter bar, and the time.
wanmi.printTitle = () => {
  const set = [...document.querySelectorAll("#filter label.set, #filter label:has(select[name=status])")]
    .map((label) => {
      const select = label.querySelector("select, input");
      const value = select.selectedOptions?.[0]?.textContent ?? select.value;
      return `${label.querySelector("span").textContent}: ${value}`;
    });
  const asOf = document.querySelector(".as-of")?.firstChild?.textContent.trim() ?? "";
  return {
    title: document.title,
    lines: [[...new Set(set)].join(" · "), `${asOf} ${wholeMoment(now())}`],
  };
};

const EITHER = { density: "heat", heat: "density" }; // two fills over another mean nothing

export class Layers {
  #state;
  #map;
  #tree = wanmi.leaflet.wanmiTree;
  #per = document.querySelector('input[name="per"]');

  constructor(state, map) {
    this.#state = state;
    this.#map = map;
    if (this.#tree) {
      wanmi.leaflet.getContainer().addEventListener("wanmi:tree", ({ detail }) => this.#choose(detail));
    }
    this.#per?.addEventListener("change", () => state.change({ per: this.#per.checked ? "size" : null }));
    wanmi.layers.ribbon?.on("street", ({ code }) => state.change({ street: code }));
    state.addEventListener("change", ({ detail: { keys } }) => {
      if (keys.has("layers")) this.#show();
      if (keys.has("per")) this.#rate();
    });
    map.onCounts = () => this.#count();
    this.#count(false);
    this.#rate();
    this.#show();
  }

  get shown() {
    const said = this.#state.now.layers ?? page.defaults.layers;
    return said === NONE ? [] : said.split(",");
  }

  #choose({ key, on }) {
    const next = new Set(this.shown);
    if (on) {
      next.add(key);
      next.delete(EITHER[key]);
    } else {
      next.delete(key);
    }
    const ordered = this.#tree.keys().filter((each) => next.has(each));
    this.#state.change({ layers: ordered.join(",") || NONE });
  }

  #show() {
    if (!this.#tree) return;
    const shown = this.shown;
    this.#tree.set(shown);
    this.#map.showDensity(shown.includes("density"));
    for (const key of this.#tree.keys()) {
      const layer = wanmi.layers[key];
      if (!layer) continue;
      const on = shown.includes(key);
      if (on && !wanmi.leaflet.hasLayer(layer)) {
        layer.addTo(wanmi.leaflet);
        if (layer.stale && layer.ready) layer.ready.then(() => layer.refresh());
        layer.stale = false;
      } else if (!on && wanmi.leaflet.hasLayer(layer)) {
        wanmi.leaflet.removeLayer(layer); // some layers have a `remove` of their own
      }
    }
  }

  #rate() {
    const on = this.#state.now.per === "size";
    if (this.#per) this.#per.checked = on;
    for (const key of DENSITIES) wanmi.layers[key]?.rate(on);
  }

  // The filter or the counts have changed: what is shown asks anew, the rest when it is shown.
  #count(now = true) {
    const query = this.#map.query();
    const addresses = {
      heat: `/api/v1/grid/counts?${query}`,
      ribbon: `/api/v1/density/dimensions?${query}`,
    };
    for (const [key, address] of Object.entries(addresses)) {
      const layer = wanmi.layers[key];
      if (!layer) continue;
      layer.settings.counts = { address };
      if (now && layer.ready && wanmi.leaflet.hasLayer(layer)) layer.refresh();
      else layer.stale = true;
    }
  }
}
