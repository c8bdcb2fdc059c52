// Measuring on the map: a line by clicks, its length, and from three points on the area it frames.
(function () {
  "use strict";
  const EARTH_M = 6371000; // the sphere of L.CRS.Earth, so that lengths and areas agree

  wanmi.lengthOf = (map, points) =>
    points.slice(1).reduce((sum, point, i) => sum + map.distance(points[i], point), 0);

  // Square metres of a polygon as small as a city: degrees scaled at its middle latitude.
  wanmi.areaOf = function (points) {
    const radians = Math.PI / 180;
    const middle = points.reduce((sum, { lat }) => sum + lat, 0) / points.length;
    const along = EARTH_M * radians * Math.cos(middle * radians);
    const up = EARTH_M * radians;
    const { lat: lat0, lng: lng0 } = points[0];
    const flat = points.map(({ lat, lng }) => [(lng - lng0) * along, (lat - lat0) * up]);
    const twice = flat.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = flat[(i + 1) % flat.length];
      return sum + x * nextY - nextX * y;
    }, 0);
    return Math.abs(twice) / 2;
  };

  const shown = (value, digits) =>
    value.toLocaleString(document.documentElement.lang || undefined, {
      maximumFractionDigits: digits,
    });
  const metres = (value) =>
    value < 1000 ? `${shown(value, 0)} m` : `${shown(value / 1000, 2)} km`;
  const squares = (value) =>
    value < 1e5 ? `${shown(value, 0)} m²` : `${shown(value / 1e6, 2)} km²`;

  const Measure = L.Control.extend({
    options: { position: "topright" },

    onAdd(map) {
      const name = wanmi.say("measure");
      this._points = [];
      this._button = wanmi.el(
        "a",
        { href: "#", role: "button", "aria-pressed": "false", "aria-label": name, title: name },
        "↔",
      );
      this._panel = wanmi.el("output", { class: "wanmi-measure", hidden: "" });
      const bar = wanmi.el("div", { class: "leaflet-bar" }, this._button);
      const box = wanmi.el("div", { class: "wanmi-measure-box" }, this._panel, bar);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.on(this._button, "click", (event) => {
        L.DomEvent.preventDefault(event);
        if (map.wanmiMeasures) this.stop();
        else this.start();
      });
      return box;
    },

    onRemove() {
      this.stop();
    },

    start() {
      const map = this._map;
      map.wanmiMeasures = true;
      map.doubleClickZoom.disable();
      map.getContainer().classList.add("wanmi-measuring");
      this._button.setAttribute("aria-pressed", "true");
      this._points = [];
      this._line = L.polyline([], { className: "wanmi-measure-line", interactive: false });
      this._line.addTo(map);
      map.on({ click: this._add, mousemove: this._lead, dblclick: this._rest }, this);
      this._onKey = (event) => event.key === "Escape" && this.stop();
      document.addEventListener("keydown", this._onKey);
      this._tell(wanmi.say("measure_how"));
    },

    stop() {
      const map = this._map;
      if (!map.wanmiMeasures) return;
      map.wanmiMeasures = false;
      map.doubleClickZoom.enable();
      map.getContainer().classList.remove("wanmi-measuring");
      this._button.setAttribute("aria-pressed", "false");
      this._line.remove();
      this._rest();
      document.removeEventListener("keydown", this._onKey);
      this._panel.hidden = true;
    },

    // No more points; the line stays until the tool is put away.
    _rest() {
      this._map.off({ click: this._add, mousemove: this._lead, dblclick: this._rest }, this);
      this._line.setLatLngs(this._points);
    },

    _add({ latlng }) {
      const last = this._points.at(-1);
      if (last && last.equals(latlng)) return; // the second click of a double one
      this._points.push(latlng);
      this._line.setLatLngs(this._points);
      this._report();
    },

    _lead({ latlng }) {
      if (this._points.length) this._line.setLatLngs([...this._points, latlng]);
    },

    _report() {
      const length = metres(wanmi.lengthOf(this._map, this._points));
      const area = this._points.length > 2 ? ` · ${squares(wanmi.areaOf(this._points))}` : "";
      this._tell(this._points.length > 1 ? length + area : wanmi.say("measure_how"));
    },

    _tell(text) {
      this._panel.hidden = false;
      this._panel.textContent = text;
    },
  });

  wanmi.measure = (map) => new Measure().addTo(map);
})();
