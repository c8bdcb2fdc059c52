// Zones or streets (a small GeoJSON) coloured from counts as the cells are.
(function () {
  "use strict";

  // A street's colour lies under it and shows on both sides: its width in pixels by zoom.
  const BANDS = [
    [13, 7],
    [14, 9],
    [15, 13],
    [16, 18],
    [17, 24],
    [Infinity, 34],
  ];

  const ShapesLayer = L.GeoJSON.extend({
    initialize(settings) {
      this.settings = settings;
      this.unit = settings.colouring.unit; // of the values as they come
      this.classes = { method: settings.colouring.method, lows: [], high: 0 };
      L.GeoJSON.prototype.initialize.call(this, null, {
        pane: "wanmi-density",
        style: (feature) => this._look(feature),
        onEachFeature: (feature, layer) => this._label(feature, layer),
      });
      this._forget = wanmi.onTheme(() => this._paint());
      this.features = [];
      if (!settings.later) this.ready = this._load().catch(wanmi.fail);
    },

    async _load() {
      const asked = this.settings.counts;
      const [shapes, counts] = await Promise.all([wanmi.load(this.settings.shapes), wanmi.load(asked)]);
      this.features = shapes.features;
      this.other = await wanmi.load(this.settings.compare);
      this.set(counts || {});
      this.addData(shapes);
      if (asked !== this.settings.counts) await this.refresh();
    },

    onAdd(map) {
      L.GeoJSON.prototype.onAdd.call(this, map);
      map.on("zoomend", this._paint, this);
      this.ready = this.ready || this._load().catch(wanmi.fail);
      wanmi.explain(map, this, true);
    },

    onRemove(map) {
      map.off("zoomend", this._paint, this);
      L.GeoJSON.prototype.onRemove.call(this, map);
      wanmi.explain(map, this, false);
    },

    legend() {
      const { title, unit, note } = this.settings.colouring;
      return { title, unit, note, classes: this.classes, few: this.other ? this.settings.few : null };
    },

    // As for the cells; of lines per kilometre.
    async rate(on) {
      this.settings.per = on;
      if (!this.ready) return;
      await this.ready;
      this._classify(false);
    },

    _unit() {
      if (!this.settings.per) return this.unit;
      return this.features.some(({ properties }) => "length_m" in properties) ? "/km" : "/km²";
    },

    _size({ properties }) {
      if (!this.settings.per) return null;
      return "length_m" in properties ? properties.length_m / 1e3 : properties.area_m2 / 1e6;
    },

    // As for the cells: {counts: {code: n}}, and whether the class limits stay.
    set(document, keep) {
      this.counts = document.counts;
      this._classify(keep);
    },

    _classify(keep) {
      this.settings.colouring.unit = this._unit();
      if (!keep) {
        const values = this.features.map((feature) => this._value(feature));
        const { method, classes } = this.settings.colouring;
        const there = values.filter(Number.isFinite);
        this.classes = this.other
          ? wanmi.classifyDifference(there, method)
          : wanmi.classify(there, method, classes);
      }
      this._paint();
      if (this._map) wanmi.explain(this._map, this, true);
    },

    change(counts) {
      this.set({ counts: { ...this.counts, ...counts } }, true);
    },

    // As for the cells.
    refresh(keep) {
      const { counts: asked, compare } = this.settings;
      const same = () => asked === this.settings.counts && compare === this.settings.compare;
      return Promise.all([wanmi.reload(asked), compare ? wanmi.reload(compare) : null])
        .then(([document, other]) => {
          if (!same()) return;
          this.other = other;
          this.set(document, keep);
        })
        .catch(wanmi.fail);
    },

    _paint() {
      this.setStyle((feature) => this._look(feature));
    },

    _count(counts, { properties }) {
      return wanmi.valueOf(counts, properties.code, this.settings.complete);
    },

    _value(feature) {
      const other = this.other ? this._count(this.other.counts, feature) : null;
      const count = this._count(this.counts, feature);
      return wanmi.shownOf(count, other, this._size(feature), this.settings.few);
    },

    _look(feature) {
      const index = wanmi.classOf(this.classes, this._value(feature));
      const colour =
        index === -1
          ? wanmi.token("no-data")
          : wanmi.colourOf(this.classes, index);
      if (feature.geometry.type.endsWith("LineString")) {
        const zoom = this._map ? this._map.getZoom() : 0;
        const [, weight] = BANDS.find(([most]) => zoom < most);
        return { color: colour, weight, opacity: 1, dashArray: index === -1 ? "2 8" : null };
      }
      return {
        color: wanmi.token("zone-line"),
        weight: 1.5,
        fillColor: index === -1 ? "url(#wanmi-hatch)" : colour,
        fillOpacity: 1,
      };
    },

    _label(feature, layer) {
      layer.bindTooltip(
        () => {
          const { name, code } = feature.properties;
          const other = this.other ? this._count(this.other.counts, feature) : null;
          const count = this._count(this.counts, feature);
          const { unit } = this.settings.colouring;
          const words = wanmi.valueWords(count, other, this._value(feature), unit);
          return wanmi.el("span", {}, wanmi.el("b", {}, words), ` ${name || code}`);
        },
        { sticky: true, className: "wanmi-tip" },
      );
    },
  });

  // The hatching of "no data" for shapes drawn as SVG.
  function hatching() {
    if (document.getElementById("wanmi-hatch")) return;
    const space = "http://www.w3.org/2000/svg";
    const make = (tag, attributes, ...children) => {
      const element = document.createElementNS(space, tag);
      Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
      element.append(...children);
      return element;
    };
    const line = make("path", { d: "M0 8L8 0M-2 2L2 -2M6 10L10 6", class: "wanmi-hatch-line" });
    const size = { width: 8, height: 8, patternUnits: "userSpaceOnUse" };
    const pattern = make("pattern", { id: "wanmi-hatch", ...size }, line);
    document.body.append(
      make("svg", { width: 0, height: 0, "aria-hidden": "true", class: "wanmi-defs" }, pattern),
    );
  }

  wanmi.shapes = function (key, settings) {
    hatching();
    return (wanmi.layers[key] = new ShapesLayer(settings));
  };
})();
