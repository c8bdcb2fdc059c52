// Plain outlines over the map (zones, schools, areas): a line, a name, nothing filled.
(function () {
  "use strict";
  // How each kind of thing is drawn: colour token, dashes, width. The same wherever it is shown.
  const LOOKS = {
    zone: { token: "zone-line", dashArray: "8 4", weight: 2 },
    school: { token: "accent", dashArray: null, weight: 2 },
    area: { token: "map-green-ink", dashArray: "2 4", weight: 2 },
  };

  const OutlinesLayer = L.GeoJSON.extend({
    initialize(settings) {
      this.settings = settings;
      L.GeoJSON.prototype.initialize.call(this, null, {
        style: () => this._look(),
        onEachFeature: ({ properties }, layer) => {
          const name = () => wanmi.el("span", {}, properties.name || properties.code);
          layer.bindTooltip(name, { sticky: true, className: "wanmi-tip" });
        },
      });
    },

    // Loaded when it is first shown: a city has more outlines than anybody looks at.
    onAdd(map) {
      L.GeoJSON.prototype.onAdd.call(this, map);
      this._forget = wanmi.onTheme(() => this.setStyle(this._look()));
      this.ready =
        this.ready ||
        wanmi
          .load(this.settings.shapes)
          .then((shapes) => this.addData(shapes))
          .catch(wanmi.fail);
    },

    onRemove(map) {
      this._forget();
      L.GeoJSON.prototype.onRemove.call(this, map);
    },

    _look() {
      const { token, dashArray, weight } = LOOKS[this.settings.look];
      return { color: wanmi.token(token), dashArray, weight, fillOpacity: 0 };
    },
  });

  wanmi.outlines = function (key, settings) {
    return (wanmi.layers[key] = new OutlinesLayer(settings));
  };
})();
