// The legend: the layer shown last explains its classes, with their limits and how they were chosen.
(function () {
  "use strict";

  const Legend = L.Control.extend({
    options: { position: "bottomleft" },
    onAdd() {
      this._box = wanmi.el("div", { class: "wanmi-legend", role: "note" });
      L.DomEvent.disableClickPropagation(this._box);
      return this._box;
    },
    show(...children) {
      this._box.replaceChildren(...children);
    },
  });

  function row(swatch, label) {
    return wanmi.el("li", {}, wanmi.el("span", { class: `swatch ${swatch}` }), label);
  }

  function rows(classes, unit) {
    const steps = classes.lows.map((_, i) =>
      row(`step-${wanmi.stepOf(classes, i + 1)}`, wanmi.limitsOf(classes, i + 1) + unit),
    );
    const zero = row("zero", wanmi.say("zero"));
    return [row("no-data", wanmi.say("no_data")), zero, ...steps];
  }

  // `layer.legend()` gives {title, unit, classes}; called again whenever the classes change, and
  // with `shown` false when the layer goes.
  wanmi.explain = function (map, layer, shown) {
    map.wanmiLegend = map.wanmiLegend || new Legend().addTo(map);
    map.wanmiShown = (map.wanmiShown || []).filter((other) => other !== layer);
    if (shown) map.wanmiShown.push(layer);
    const top = map.wanmiShown.at(-1);
    map.wanmiLegend.getContainer().hidden = !top;
    if (!top) return;
    const { title, unit, classes } = top.legend();
    map.wanmiLegend.show(
      wanmi.el("h2", {}, title),
      wanmi.el("p", { class: "method" }, wanmi.say(classes.method)),
      wanmi.el("ul", {}, ...rows(classes, unit)),
    );
  };
})();
