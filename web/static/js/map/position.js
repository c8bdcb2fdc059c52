// My position: a dot with the accuracy that the device claims; a sentence when there is none.
(function () {
  "use strict";
  const SHOWN_MS = 8000;
  const CLOSE = 16;

  const Position = L.Control.extend({
    options: { position: "topright" },

    onAdd(map) {
      const name = wanmi.say("my_position");
      this._marks = L.layerGroup().addTo(map);
      const button = wanmi.el("a", { href: "#", role: "button", "aria-label": name, title: name }, wanmi.icon("M8 1V4M8 12V15M1 8H4M12 8H15M8 4A4 4 0 1 0 8 12A4 4 0 1 0 8 4"));
      this._note = wanmi.el("output", { class: "wanmi-measure", hidden: "" });
      const box = wanmi.el(
        "div",
        { class: "wanmi-measure-box" },
        this._note,
        wanmi.el("div", { class: "leaflet-bar" }, button),
      );
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.on(button, "click", (event) => {
        L.DomEvent.preventDefault(event);
        this._ask();
      });
      return box;
    },

    _ask() {
      if (!window.isSecureContext || !navigator.geolocation) return this._say("no_position_here");
      this._say("position_sought");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => this._show(coords),
        () => this._say("no_position"),
        { enableHighAccuracy: true, timeout: 15000 },
      );
    },

    _show({ latitude, longitude, accuracy }) {
      const place = [latitude, longitude];
      this._marks.clearLayers();
      L.circle(place, { radius: accuracy, className: "wanmi-accuracy", interactive: false }).addTo(this._marks);
      L.circleMarker(place, { radius: 7, className: "wanmi-here", interactive: false }).addTo(this._marks);
      this._map.setView(place, Math.max(this._map.getZoom(), CLOSE));
      this._say("position_found", { n: Math.round(accuracy) });
    },

    _say(key, values) {
      this._note.hidden = false;
      this._note.textContent = wanmi.say(key, values);
      clearTimeout(this._timer);
      this._timer = setTimeout(() => (this._note.hidden = true), SHOWN_MS);
    },
  });

  wanmi.position = (map) => new Position().addTo(map);
})();
