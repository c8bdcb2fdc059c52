// The base map from our own data: river and parks below the density, streets and names above it.
// Document: {areas: [{role, name, rings}], lines: [{grade, name, model, bridge, line}]}, with
// places as flat lists lon, lat, lon, lat, …
(function () {
  "use strict";

  // Pixels: width of a street by grade, at zoom 12, 14, 16, 18; 0 is not drawn.
  const WIDTHS = {
    main: [1.6, 3.5, 8, 18],
    secondary: [0.9, 2.4, 6, 14],
    branch: [0, 1.4, 4.5, 10],
    lane: [0, 0, 2.5, 6],
  };
  const ORDER = ["lane", "branch", "secondary", "main"];
  const NAMED_FROM = { main: 12.5, secondary: 14, branch: 15, lane: 16.5 };
  const NAME_EVERY = 420; // pixels between two names of one street

  function widthAt(grade, zoom) {
    const widths = WIDTHS[grade] || WIDTHS.branch;
    const place = Math.min(Math.max((zoom - 12) / 2, 0), 2.999);
    const low = Math.floor(place);
    return widths[low] + (place - low) * (widths[low + 1] - widths[low]);
  }

  // Flat degrees to flat unit Mercator, once.
  function projected(flat) {
    const out = new Float64Array(flat.length);
    for (let i = 0; i < flat.length; i += 2) {
      out[i] = wanmi.worldX(flat[i]);
      out[i + 1] = wanmi.worldY(flat[i + 1]);
    }
    return out;
  }

  const prepared = new WeakMap();
  function prepare(document) {
    if (!prepared.has(document)) {
      prepared.set(document, {
        areas: document.areas.map((area) => ({ ...area, rings: area.rings.map(projected) })),
        lines: document.lines.map((line) => ({ ...line, line: projected(line.line) })),
      });
    }
    return prepared.get(document);
  }

  function trace(context, view, flat) {
    for (let i = 0; i < flat.length; i += 2) {
      const [x, y] = [view.x(flat[i]), view.y(flat[i + 1])];
      if (i) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
  }

  const BaseLayer = wanmi.CanvasLayer.extend({
    initialize(settings) {
      this.ready = wanmi
        .load(settings.document)
        .then((document) => {
          this.document = prepare(document);
          if (this._map) this._settle();
        })
        .catch(wanmi.fail);
    },
    draw(context, view) {
      if (this.document) this.paint(context, view);
    },
  });

  const GroundLayer = BaseLayer.extend({
    options: { pane: "wanmi-ground" },
    paint(context, view) {
      context.fillStyle = wanmi.token("map-land");
      context.fillRect(0, 0, view.width, view.height);
      for (const role of ["green", "water"]) {
        context.beginPath();
        for (const area of this.document.areas.filter((one) => one.role === role)) {
          for (const ring of area.rings) {
            trace(context, view, ring);
            context.closePath();
          }
        }
        context.fillStyle = wanmi.token(`map-${role}`);
        context.fill("evenodd");
        context.strokeStyle = wanmi.token(`map-${role}-line`);
        context.lineWidth = 1;
        context.stroke();
      }
    },
  });

  const StreetsLayer = BaseLayer.extend({
    options: { pane: "wanmi-streets" },
    paint(context, view) {
      context.lineJoin = context.lineCap = "round";
      for (const grade of ORDER) this._streets(context, view, grade, "casing");
      for (const grade of ORDER) this._streets(context, view, grade, "fill");
      this._names(context, view);
    },

    _streets(context, view, grade, part) {
      const width = widthAt(grade, view.zoom);
      if (!width) return;
      for (const model of [false, true]) {
        context.beginPath();
        for (const street of this.document.lines) {
          if (street.grade === grade && Boolean(street.model) === model) {
            trace(context, view, street.line);
          }
        }
        const casing = model ? "street-model-casing" : "street-casing";
        context.strokeStyle = wanmi.token(part === "casing" ? casing : `street-${grade}`);
        const edge = model ? (view.zoom < 14 ? 2.5 : 3.5) : 1.5;
        context.lineWidth = part === "casing" ? width + edge : width;
        context.stroke();
      }
    },

    _names(context, view) {
      const places = new wanmi.Places();
      const size = wanmi.pixels(view.zoom >= 16 ? "size-small" : "size-tiny");
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineWidth = 3;
      context.strokeStyle = wanmi.token("name-halo");
      this._areaNames(context, view, places, "water", size + 3);
      const named = this.document.lines.filter((street) => street.name);
      context.font = `500 ${size}px ${wanmi.token("font")}`;
      context.fillStyle = wanmi.token("name-ink");
      for (const grade of [...ORDER].reverse()) {
        if (view.zoom < NAMED_FROM[grade]) continue;
        for (const street of named) {
          if (street.grade !== grade) continue;
          const points = seen(view, street.line);
          if (points.length > 1) {
            wanmi.nameAlong(context, places, street.name, points, size, NAME_EVERY);
          }
        }
      }
      if (view.zoom >= 14) this._areaNames(context, view, places, "green", size);
    },

    _areaNames(context, view, places, role, size) {
      context.font = `${size}px ${wanmi.token("font")}`;
      context.fillStyle = wanmi.token(`map-${role}-ink`);
      for (const area of this.document.areas) {
        if (area.role !== role || !area.name || !area.at) continue;
        const line = area.at.length > 2 ? seen(view, projected(area.at)) : null;
        if (line && line.length > 1) {
          wanmi.nameAlong(context, places, area.name.split("").join(" "), line, size, 700);
        } else if (!line) {
          const [x, y] = [view.x(wanmi.worldX(area.at[0])), view.y(wanmi.worldY(area.at[1]))];
          wanmi.nameAt(context, places, area.name, x, y, size);
        }
      }
    },
  });

  // The pixel points of a line, from the first to the last that lies near the view.
  function seen(view, flat) {
    const points = [];
    for (let i = 0; i < flat.length; i += 2) points.push([view.x(flat[i]), view.y(flat[i + 1])]);
    const near = ([x, y]) => x > -50 && y > -50 && x < view.width + 50 && y < view.height + 50;
    const first = points.findIndex(near);
    const last = points.findLastIndex(near);
    if (first < 0) return [];
    return points.slice(Math.max(first - 1, 0), last + 2);
  }

  wanmi.ground = function (key, settings) {
    return (wanmi.layers[key] = new GroundLayer(settings));
  };
  wanmi.streets = function (key, settings) {
    return (wanmi.layers[key] = new StreetsLayer(settings));
  };
})();
