// The legend: every layer that is shown explains itself; the density with its classes, their limits
// and how they were chosen, the others with the sign they are drawn with.
(function () {
  "use strict";

  const Legend = L.Control.extend({
    options: { position: "bottomleft" },
    onAdd() {
      this._box = wanmi.el("div", { class: "wanmi-legend", role: "note" });
      L.DomEvent.disableClickPropagation(this._box);
      L.DomEvent.disableScrollPropagation(this._box);
      return this._box;
    },
    show(...children) {
      const active = document.activeElement;
      const held = this._box.contains(active) ? active : null;
      this._box.replaceChildren(...children);
      if (held?.isConnected) held.focus({ preventScroll: true });
    },
  });

  function row(swatch, label) {
    const sign = swatch instanceof Element ? swatch : wanmi.el("span", { class: `swatch ${swatch}` });
    return wanmi.el("li", {}, sign, label);
  }

  function rows(classes, unit, few) {
    const nothing = few ? wanmi.say("too_few", { n: few }) : wanmi.say("no_data");
    if (classes.diverging) {
      const steps = wanmi.differencesOf(classes);
      return [
        row("no-data", nothing),
        ...steps.map((index) =>
          row(wanmi.classNameOf(classes, index), wanmi.limitsOf(classes, index) + (index ? unit : "")),
        ),
      ];
    }
    const steps = classes.lows.map((_, i) =>
      row(wanmi.classNameOf(classes, i + 1), wanmi.limitsOf(classes, i + 1) + unit),
    );
    const zero = row("zero", wanmi.say("zero"));
    return [...(classes.whole ? [] : [row("no-data", nothing)]), zero, ...steps];
  }

  function scale({ title, note, unit, classes, few }) {
    return wanmi.el(
      "section",
      {},
      wanmi.el("h2", {}, title),
      wanmi.el("p", { class: "method" }, note || wanmi.say(classes.method)),
      wanmi.el("ul", {}, ...rows(classes, unit, few)),
    );
  }

  const signs = (layers) =>
    layers.length
      ? [wanmi.el("ul", {}, ...layers.flatMap((layer) => layer.legend().signs).map(({ swatch, label }) => row(swatch, label)))]
      : [];

  // `layer.legend()` gives {title, unit, classes} or {signs: [{swatch, label}]}; called again
  // whenever they change, and with `shown` false when the layer goes.
  wanmi.explain = function (map, layer, shown) {
    map.wanmiLegend = map.wanmiLegend || new Legend().addTo(map);
    const before = map.wanmiShown || [];
    const known = before.includes(layer);
    map.wanmiShown = shown ? (known ? before : [...before, layer]) : before.filter((other) => other !== layer);
    const [scales, others] = [[], []];
    for (const each of map.wanmiShown) (each.legend().signs ? others : scales).push(each);
    map.wanmiLegend.getContainer().hidden = !map.wanmiShown.length;
    map.wanmiLegend.show(...scales.map((each) => scale(each.legend())), ...signs(others));
  };

  // An icon of one path in a square of 16, for a button of the map.
  wanmi.icon = function (d) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", d);
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    svg.append(path);
    return svg;
  };

  // A short line drawn as on the map, for the legend: {token, dashArray, weight, fill}.
  wanmi.lineSwatch = function ({ token, dashArray, weight, fill }) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const line = document.createElementNS(space, fill ? "rect" : "path");
    const shape = fill ? { x: 2, y: 2, width: 20, height: 10 } : { d: "M0 7H24" };
    const all = { ...shape, "stroke-width": weight, "stroke-dasharray": dashArray || "none", fill: "none" };
    Object.entries(all).forEach(([name, value]) => line.setAttribute(name, value));
    line.style.stroke = `var(--${token})`;
    if (fill) line.style.fill = `var(--${fill})`;
    svg.setAttribute("viewBox", "0 0 24 14");
    svg.setAttribute("class", "swatch line");
    svg.setAttribute("aria-hidden", "true");
    svg.append(line);
    return svg;
  };
})();
