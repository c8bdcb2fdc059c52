// Components of one major class in the view: asked for as one moves, from a zoom on, never all.
(function () {
  "use strict";
  const PAUSE_MS = 250; // after the map has come to rest
  const LISTED = 50; // the nearest to the middle, for who has no pointer to put on a sign
  const NEAR = 10; // pixels from a sign within which the pointer means it
  const SIGNS = { "01": "circle", "02": "square", "03": "triangle", "04": "diamond", "05": "cross" };

  const PATHS = {
    circle: (p, x, y, r) => p.arc(x, y, r, 0, 2 * Math.PI),
    square: (p, x, y, r) => p.rect(x - r, y - r, 2 * r, 2 * r),
    triangle: (p, x, y, r) => corners(p, [x, y - r], [x + r, y + r], [x - r, y + r]),
    diamond: (p, x, y, r) => corners(p, [x, y - r], [x + r, y], [x, y + r], [x - r, y]),
    cross: (p, x, y, r) => {
      p.rect(x - r, y - r / 3, 2 * r, (2 * r) / 3);
      p.rect(x - r / 3, y - r, (2 * r) / 3, 2 * r);
    },
  };

  function corners(path, first, ...others) {
    path.moveTo(...first);
    others.forEach((corner) => path.lineTo(...corner));
    path.closePath();
  }

  const ComponentsLayer = wanmi.CanvasLayer.extend({
    options: { pane: "wanmi-focus" },

    initialize(settings) {
      this.settings = settings;
      this.rows = [];
      this.more = false;
      this._list = wanmi.el("ul", {});
      this._title = wanmi.el("summary", {});
      this._listed = wanmi.el("details", { class: "wanmi-listed", hidden: "" }, this._title, this._list);
    },

    onAdd(map) {
      wanmi.CanvasLayer.prototype.onAdd.call(this, map);
      map.on("moveend", this._moved, this);
      map.on("mousemove", this._hover, this);
      wanmi.explain(map, this, true);
      this._ask();
    },

    onRemove(map) {
      map.off("moveend", this._moved, this);
      map.off("mousemove", this._hover, this);
      clearTimeout(this._timer);
      if (this._asking) this._asking.abort();
      if (this._tip) this._tip.remove();
      wanmi.explain(map, this, false);
      wanmi.CanvasLayer.prototype.onRemove.call(this, map);
    },

    _moved() {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this._ask(), PAUSE_MS);
    },

    async _ask() {
      if (this._asking) this._asking.abort();
      this._asking = new AbortController();
      const map = this._map;
      if (map.getZoom() < this.settings.from) return this._take([], false);
      const box = map.getBounds();
      const query = new URLSearchParams({
        bbox: [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((n) => n.toFixed(6)).join(","),
        major: this.settings.major,
      });
      try {
        const answer = await fetch(`${this.settings.address}?${query}`, {
          credentials: "same-origin",
          headers: { Accept: "application/json" },
          signal: this._asking.signal,
        });
        if (!answer.ok) throw new Error(`components: ${answer.status}`);
        const { columns, rows, more } = await answer.json();
        this._take(
          rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]]))),
          more,
        );
      } catch (fault) {
        if (fault.name !== "AbortError") wanmi.fail(fault);
      }
    },

    _take(rows, more) {
      if (!this._map) return;
      this.rows = rows;
      this.more = more;
      this._tell(null);
      this._fill();
      wanmi.explain(this._map, this, true);
      this.redraw();
    },

    // The same as a list, beside the sign in the legend: the focus shows what the pointer would.
    _fill() {
      const middle = this._map.getCenter();
      const far = ({ lat, lon }) => this._map.distance(middle, [lat, lon]);
      const nearest = [...this.rows].sort((a, b) => far(a) - far(b)).slice(0, LISTED);
      this._title.textContent = wanmi.say("in_view", { n: this.rows.length });
      this._listed.hidden = !this.rows.length;
      this._list.replaceChildren(
        ...nearest.map((row) => {
          const button = wanmi.el("button", { type: "button", class: "quiet small" }, row.name, ` ${row.code} · ${row.state}`);
          button.addEventListener("focus", () => this._tell(row));
          button.addEventListener("blur", () => this._tell(null));
          return wanmi.el("li", {}, button);
        }),
      );
    },

    legend() {
      const { name, major, from } = this.settings;
      const far = this._map && this._map.getZoom() < from;
      const note = far ? wanmi.say("come_closer") : this.more ? wanmi.say("not_all") : null;
      const label = wanmi.el("span", {}, name, note && wanmi.el("small", {}, note), this._listed);
      return { signs: [{ swatch: sign(major), label }] };
    },

    draw(context, view) {
      const path = new Path2D();
      const draw = PATHS[SIGNS[this.settings.major]] || PATHS.circle;
      const radius = 4.5 * wanmi.enlarged();
      for (const { lon, lat } of this.rows) {
        const one = new Path2D();
        draw(one, view.x(wanmi.worldX(lon)), view.y(wanmi.worldY(lat)), radius);
        path.addPath(one);
      }
      context.lineWidth = 3;
      context.strokeStyle = wanmi.token("ground");
      context.stroke(path);
      context.fillStyle = wanmi.token("component");
      context.fill(path);
    },

    _hover({ latlng, containerPoint }) {
      let [nearest, least] = [null, NEAR];
      for (const row of this.rows) {
        const far = this._map.latLngToContainerPoint([row.lat, row.lon]).distanceTo(containerPoint);
        if (far < least) [nearest, least] = [row, far];
      }
      this._tell(nearest, latlng);
    },

    // One component in words, where it stands or where the pointer is; null: none.
    _tell(row, latlng) {
      this._tip = this._tip || L.tooltip({ className: "wanmi-tip", direction: "bottom" });
      if (!row) return void this._tip.remove();
      const { name, code, state, lat, lon } = row;
      this._tip.setContent(wanmi.el("span", {}, wanmi.el("b", {}, name), ` ${code} · ${state}`));
      this._tip.setLatLng(latlng ?? [lat, lon]).addTo(this._map);
    },
  });

  function sign(major) {
    const canvas = wanmi.el("canvas", { class: "swatch component", width: 28, height: 28 });
    const context = canvas.getContext("2d");
    const path = new Path2D();
    (PATHS[SIGNS[major]] || PATHS.circle)(path, 14, 14, 9);
    context.fillStyle = wanmi.token("component");
    context.fill(path);
    return canvas;
  }

  wanmi.components = function (key, settings) {
    return (wanmi.layers[key] = new ComponentsLayer(settings));
  };
})();
