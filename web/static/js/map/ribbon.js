// The ribbon: on each model street six small bars, its cases by duty dimension.
(function () {
  "use strict";
  const [WIDTH, HEIGHT, BAR] = [58, 34, 7];
  const SPACE = "http://www.w3.org/2000/svg";

  const svg = (tag, attributes, ...children) => {
    const element = document.createElementNS(SPACE, tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  };

  const RibbonLayer = L.LayerGroup.extend({
    initialize(settings) {
      this.settings = settings;
      L.LayerGroup.prototype.initialize.call(this);
    },

    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("zoomend", this._zoomed, this);
      this.ready = this.ready || this._load().catch(wanmi.fail);
      this._show();
      wanmi.explain(map, this, true);
    },

    onRemove(map) {
      map.off("zoomend", this._zoomed, this);
      wanmi.explain(map, this, false);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },

    async _load() {
      const asked = this.settings.counts;
      const [streets, counts] = await Promise.all([wanmi.load(this.settings.streets), wanmi.load(asked)]);
      this.streets = streets.features.filter(({ properties }) => properties.programme);
      this.set(counts);
      if (asked !== this.settings.counts) await this.refresh();
    },

    refresh() {
      const asked = this.settings.counts;
      return wanmi
        .reload(asked)
        .then((document) => asked === this.settings.counts && this.set(document))
        .catch(wanmi.fail);
    },

    set({ dimensions, streets }) {
      this.dimensions = dimensions;
      this.counts = streets;
      this.top = Math.max(1, ...Object.values(streets).flat());
      this._show();
      if (this._map) wanmi.explain(this._map, this, true);
    },

    _show() {
      this.clearLayers();
      if (!this._map || !this.dimensions || this._map.getZoom() < this.settings.from) return;
      for (const street of this.streets) this.addLayer(this._marker(street));
    },

    _zoomed() {
      this._show();
      wanmi.explain(this._map, this, true);
    },

    _marker({ properties: { code, name }, geometry }) {
      const counts = this.counts[code] || this.dimensions.map(() => 0);
      const grown = wanmi.enlarged();
      const icon = L.divIcon({
        className: "wanmi-ribbon",
        html: bars(this.dimensions, counts, this.top),
        iconSize: [WIDTH * grown, HEIGHT * grown],
      });
      const told = this.dimensions.map((one, i) => `${one.name} ${counts[i]}`).join(" · ");
      const marker = L.marker(middle(geometry), { icon, title: "" });
      marker.bindTooltip(
        () => wanmi.el("span", {}, wanmi.el("b", {}, name), wanmi.el("br"), told),
        { className: "wanmi-tip", direction: "top", offset: [0, -14] },
      );
      // Leaflet names a picture by its `alt`, but not a sign that is made of elements.
      marker.on("add", () => marker.getElement().setAttribute("aria-label", `${name}: ${told}`));
      wanmi.onChosen(marker, () => this.fire("street", { code }));
      return marker;
    },

    legend() {
      const names = this.dimensions || [];
      const swatch = wanmi.el("span", { class: "swatch ribbon" }, bars(names, [3, 2, 1, 2, 3, 1].slice(0, names.length), 3));
      const order = names.map(({ name }, i) => `${i + 1} ${name}`).join(" · ");
      const far = this._map && this._map.getZoom() < this.settings.from;
      const label = wanmi.el(
        "span",
        {},
        this.settings.name,
        wanmi.el("small", {}, far ? wanmi.say("come_closer") : order),
      );
      return { signs: [{ swatch, label }] };
    },
  });

  function bars(dimensions, counts, top) {
    const parts = counts.flatMap((count, i) => {
      const height = count ? Math.max(2, Math.round((count / top) * 20)) : 0;
      const x = 5 + i * (BAR + 1);
      return [
        svg("rect", { x, y: 23 - height, width: BAR, height, class: "bar" }),
        svg("text", { x: x + BAR / 2, y: 32, "text-anchor": "middle" }, String(i + 1)),
      ];
    });
    const base = svg("path", { d: `M4 23.5H${WIDTH - 4}`, class: "base" });
    return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, ...parts, base);
  }

  // The middle of a line along its length; of several parts, of the longest.
  function middle({ type, coordinates }) {
    const parts = type === "LineString" ? [coordinates] : coordinates;
    const along = (line) => line.slice(1).map(([x, y], i) => Math.hypot(x - line[i][0], y - line[i][1]));
    const whole = (line) => along(line).reduce((a, b) => a + b, 0);
    const line = parts.reduce((a, b) => (whole(b) > whole(a) ? b : a));
    let left = whole(line) / 2;
    const steps = along(line);
    let i = 0;
    while (i < steps.length - 1 && left > steps[i]) left -= steps[i++];
    const part = left / (steps[i] || 1);
    const [[x0, y0], [x1, y1]] = [line[i], line[i + 1]];
    return [y0 + part * (y1 - y0), x0 + part * (x1 - x0)];
  }

  wanmi.ribbon = function (key, settings) {
    return (wanmi.layers[key] = new RibbonLayer(settings));
  };
})();
