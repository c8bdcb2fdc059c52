// Plain shapes over the map (zones, schools, areas, parks, routes, points): a line, a name.
(function () {
  "use strict";
  // How each kind of thing is drawn: colour token, dashes, width. The same wherever it is shown.
  const LOOKS = {
    zone: { token: "zone-line", dashArray: "8 4", weight: 2 },
    school: { token: "accent", dashArray: null, weight: 2 },
    ring: { token: "accent", dashArray: "3 4", weight: 1.5, fill: "ring-fill" },
    area: { token: "map-green-ink", dashArray: "2 4", weight: 2 },
    park: { token: "map-green-ink", dashArray: null, weight: 1.5, fill: "map-green" },
    route: { token: "route-line", dashArray: "12 5", weight: 4 },
    greening: { token: "map-green-ink", dashArray: null, weight: 2 },
  };
  // Zones of several kinds may be shown at once: each kind has its own dashes.
  const DASHES = {
    inspection: "8 4",
    sanitation: "12 4",
    street_order: "12 3 2 3",
    municipal_facilities: "2 3",
    greening: "6 3 2 3 2 3",
    shop_signs: "16 3 6 3",
    traffic: "4 6",
  };
  const STATES = { planned: "○", upgrading: "◐", ready: "●" };

  const OutlinesLayer = L.GeoJSON.extend({
    initialize(settings) {
      this.settings = settings;
      L.GeoJSON.prototype.initialize.call(this, null, {
        style: ({ properties }) => this._look(properties),
        pointToLayer: ({ properties }, latlng) => this._point(properties, latlng),
        onEachFeature: ({ properties }, layer) => {
          layer.bindTooltip(() => this._words(properties), { sticky: true, className: "wanmi-tip" });
        },
      });
    },

    // Loaded when it is first shown: a city has more outlines than anybody looks at.
    onAdd(map) {
      L.GeoJSON.prototype.onAdd.call(this, map);
      this._forget = wanmi.onTheme(() => this.setStyle(({ properties }) => this._look(properties)));
      this.ready = this.ready || this._load().catch(wanmi.fail);
      wanmi.explain(map, this, true);
    },

    async _load() {
      const [ring, shapes] = await Promise.all([
        wanmi.load(this.settings.ring),
        wanmi.load(this.settings.shapes),
      ]);
      if (ring) this.addData(ring);
      this.addData(shapes);
      this.empty = shapes.features.length === 0;
      if (this._map) wanmi.explain(this._map, this, true);
    },

    onRemove(map) {
      this._forget();
      wanmi.explain(map, this, false);
      L.GeoJSON.prototype.onRemove.call(this, map);
    },

    legend() {
      const { name, look, ring } = this.settings;
      const shown = this.empty ? `${name}: ${wanmi.say("none_here")}` : name;
      if (look === "greening" && !this.empty) {
        const states = Object.entries(STATES).map(([state, sign]) => ({
          swatch: wanmi.el("span", { class: "swatch greening" }, sign),
          label: `${name}: ${wanmi.say(`state_${state}`)}`,
        }));
        return { signs: states };
      }
      const rows = [{ swatch: wanmi.lineSwatch(this._drawn()), label: shown }];
      if (ring) rows.push({ swatch: wanmi.lineSwatch(LOOKS.ring), label: wanmi.say("school_ring") });
      return { signs: rows };
    },

    _drawn(properties = {}) {
      const look = "within_m" in properties ? LOOKS.ring : LOOKS[this.settings.look];
      const dashArray = DASHES[this.settings.kind] || look.dashArray;
      return { ...look, dashArray };
    },

    _look(properties) {
      const { token, dashArray, weight, fill } = this._drawn(properties);
      const filled = fill ? { fillColor: wanmi.token(fill), fillOpacity: 0.5 } : { fillOpacity: 0 };
      return { color: wanmi.token(token), dashArray, weight, ...filled };
    },

    _point({ state }, latlng) {
      const sign = wanmi.el("span", { "aria-hidden": "true" }, STATES[state] || STATES.planned);
      const size = 22 * wanmi.enlarged();
      const icon = L.divIcon({ className: "wanmi-greening", html: sign, iconSize: [size, size] });
      return L.marker(latlng, { icon, keyboard: false });
    },

    _words({ name, code, state, within_m: metres }) {
      const known = state in STATES ? ` · ${STATES[state]} ${wanmi.say(`state_${state}`)}` : "";
      const reach = metres ? ` · ${wanmi.say("within", { n: metres })}` : "";
      return wanmi.el("span", {}, `${name || code}${known}${reach}`);
    },
  });

  wanmi.outlines = function (key, settings) {
    return (wanmi.layers[key] = new OutlinesLayer(settings));
  };
})();
