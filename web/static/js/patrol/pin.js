// Step "place": the pin stands still in the middle, the map is moved under it. Leaflet and our map
// scripts are loaded when somebody comes here for the first time: most never need them.

import { byId, el, page, say } from "./page.js";
import { cellWords, locate, placeWords } from "./place.js";

const CLOSE = 17;
const QUIET_MS = 400;

let loading = null;

function load() {
  loading ??= (async () => {
    for (const href of page.map.styles) document.head.append(el("link", { rel: "stylesheet", href }));
    // One after another: each stands on the one before.
    for (const src of page.map.scripts) await script(src);
    const map = window.wanmi.map("pin-map", page.map.options);
    const ground = { document: { address: page.map.ground } };
    window.wanmi.ground("ground", ground).addTo(map);
    window.wanmi.streets("streets", ground).addTo(map);
    return map;
  })();
  loading.catch(() => {
    loading = null; // the next visit tries again
  });
  return loading;
}

function script(src) {
  return new Promise((resolve, reject) => {
    const tag = el("script", { src });
    tag.onload = resolve;
    tag.onerror = () => reject(new Error(src));
    document.head.append(tag);
  });
}

export class Pin {
  #position;
  #map = null;
  #rings = null;
  #timer = null;
  #running = null;

  // `done()` is called when the place was chosen or left alone.
  constructor(position, done) {
    this.#position = position;
    byId("pin-cancel").addEventListener("click", done);
    byId("pin-use").addEventListener("click", () => {
      if (this.#map) {
        const { lng, lat } = this.#map.getCenter();
        position.pin(round(lng), round(lat));
      }
      done();
    });
  }

  async open() {
    byId("pin-use").disabled = true;
    try {
      this.#map = await load();
    } catch {
      byId("pin-place").textContent = say("no_answer");
      return;
    }
    byId("pin-use").disabled = false;
    this.#map.invalidateSize({ pan: false });
    this.#map.off("moveend", this.#moved).on("moveend", this.#moved);
    this.#show();
  }

  // Begins where the phone is, with the circle in which the device believes itself to be.
  #show() {
    this.#rings?.remove();
    const fix = this.#position.fix;
    if (!fix) {
      this.#map.fitBounds(page.map.options.bounds);
      return;
    }
    const at = [fix.lat, fix.lon];
    this.#rings = L.layerGroup(
      fix.accuracy
        ? [
            L.circle(at, { radius: fix.accuracy, className: "patrol-accuracy", interactive: false }),
            L.circleMarker(at, { radius: 7, className: "patrol-here", interactive: false }),
          ]
        : [],
    ).addTo(this.#map);
    this.#map.setView(at, CLOSE, { animate: false });
    this.#moved();
  }

  #moved = () => {
    if (!page.locates) return;
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#timer = setTimeout(() => this.#tell(), QUIET_MS);
  };

  // Says what lies under the pin, while it is still being moved.
  async #tell() {
    const running = (this.#running = new AbortController());
    const { lng, lat } = this.#map.getCenter();
    const place = { lon: round(lng), lat: round(lat), datum: "cgcs2000" };
    try {
      const found = await locate(place, {}, running.signal);
      byId("pin-place").replaceChildren(
        el("strong", {}, found.street?.name ?? placeWords(found)),
        ` ${cellWords(found)}`,
      );
    } catch {
      if (!running.signal.aborted) byId("pin-place").textContent = say("locate_failed");
    }
  }
}

const round = (degrees) => Math.round(degrees * 1e7) / 1e7;
