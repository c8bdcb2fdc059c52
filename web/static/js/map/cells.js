// The unit grid: every cell on one canvas, coloured from counts, outlined by the shared edges.
(function () {
  "use strict";
  const LINES_FROM = 13; // zoom from which cells are outlined
  const SKIP = 1; // pixels between two drawn points of a line

  const CellsLayer = wanmi.CanvasLayer.extend({
    options: { pane: "wanmi-density" },

    initialize(settings) {
      this.settings = settings;
      this.unit = settings.colouring.unit; // of the values as they come
      this.raw = []; // the counts; `values` is what is shown of them
      this.other = null; // the counts of the period that is compared with
      this.values = [];
      this.classes = { method: settings.colouring.method, lows: [], high: 0 };
      this.colours = new Int8Array(0);
      if (!settings.later) this.ready = this._load().catch(wanmi.fail);
    },

    async _load() {
      const asked = this.settings.counts;
      const [edges, counts] = await Promise.all([wanmi.edgesOf(this.settings.edges), wanmi.load(asked)]);
      this.edges = edges;
      this.place = new Map(this.edges.codes.map((code, cell) => [code, cell]));
      await this._measure();
      this.other = this._ordered(await wanmi.load(this.settings.compare));
      this.set(counts || {});
      if (asked !== this.settings.counts) await this.refresh();
    },

    onAdd(map) {
      wanmi.CanvasLayer.prototype.onAdd.call(this, map);
      this.ready = this.ready || this._load().catch(wanmi.fail);
      map.on("mousemove", this._hover, this);
      map.on("mouseout", this._leave, this);
      wanmi.explain(map, this, true);
    },

    onRemove(map) {
      map.off("mousemove", this._hover, this);
      map.off("mouseout", this._leave, this);
      this._leave();
      wanmi.explain(map, this, false);
      wanmi.CanvasLayer.prototype.onRemove.call(this, map);
    },

    legend() {
      const { title, unit, note } = this.settings.colouring;
      const few = this.other ? this.settings.few : null;
      return { title, unit, note, classes: this.classes, few };
    },

    // Shows counts or rates; the legend follows.
    async rate(on) {
      this.settings.per = on;
      this.settings.colouring.unit = on ? "/km²" : this.unit;
      if (!this.ready) return;
      await this.ready;
      await this._measure();
      this._colour(false);
    },

    async _measure() {
      if (!this.settings.per || this.areas || !this.settings.areas) return;
      const { edition, areas_m2: areas } = await wanmi.load(this.settings.areas);
      if (edition !== this.edges.edition) throw new Error("areas of another grid");
      this.areas = areas;
    },

    _size(cell) {
      return this.settings.per && this.areas ? this.areas[cell] / 1e6 : null;
    },

    // New counts, {counts: {code: n}}, or {edition, values: [n, …]} in the order of the edge file,
    // which is a quarter of the bytes. With `keep` the class limits stay, so that colours can be
    // compared while events stream in; without it they are chosen anew (another filter).
    set(document, keep) {
      this.raw = this._ordered(document);
      this._colour(keep);
    },

    _ordered(document) {
      if (!document) return null;
      if (document.values) {
        if (document.edition !== this.edges.edition) throw new Error("counts of another grid");
        return document.values.slice();
      }
      const { complete } = this.settings;
      return this.edges.codes.map((code) => wanmi.valueOf(document.counts, code, complete));
    },

    // Some counts have changed: {code: n}.
    change(counts) {
      for (const [code, value] of Object.entries(counts)) {
        const cell = this.place.get(code);
        if (cell !== undefined) this.raw[cell] = value;
      }
      this._colour(true);
    },

    // Asks for the counts again; an answer to a question that was changed meanwhile is dropped.
    refresh(keep) {
      const { counts: asked, compare } = this.settings;
      const same = () => asked === this.settings.counts && compare === this.settings.compare;
      return Promise.all([wanmi.reload(asked), compare ? wanmi.reload(compare) : null])
        .then(([document, other]) => {
          if (!same()) return;
          this.other = this._ordered(other);
          this.set(document, keep);
        })
        .catch(wanmi.fail);
    },

    _colour(keep) {
      const { few } = this.settings;
      this.values = this.raw.map((count, cell) =>
        wanmi.shownOf(count, this.other && this.other[cell], this._size(cell), few),
      );
      if (!keep) {
        const { method, classes } = this.settings.colouring;
        const there = this.values.filter(Number.isFinite);
        this.classes = this.other
          ? wanmi.classifyDifference(there, method)
          : wanmi.classify(there, method, classes);
      }
      this.colours = Int8Array.from(this.values, (value) => wanmi.classOf(this.classes, value));
      if (!this._map) return;
      this._settle();
      wanmi.explain(this._map, this, true);
    },

    draw(context, view) {
      if (!this.edges) return;
      const groups = this._visible(view);
      const pixels = this._pixels(view);
      for (const [colour, cells] of groups) {
        const fill = this._fill(context, colour);
        if (!fill) continue;
        context.beginPath();
        for (const cell of cells) this._trace(context, pixels, cell);
        context.fillStyle = fill;
        context.fill();
      }
      if (view.zoom >= LINES_FROM) this._outline(context, view, pixels);
    },

    _visible({ scale, left, top, width, height }) {
      const { boxes, codes } = this.edges;
      const [minX, minY] = [left / scale, top / scale];
      const [maxX, maxY] = [(left + width) / scale, (top + height) / scale];
      const groups = new Map();
      for (let cell = 0; cell < codes.length; cell++) {
        const b = 4 * cell;
        if (boxes[b] > maxX || boxes[b + 2] < minX) continue;
        if (boxes[b + 1] > maxY || boxes[b + 3] < minY) continue;
        const colour = this.colours[cell];
        if (!groups.has(colour)) groups.set(colour, []);
        groups.get(colour).push(cell);
      }
      return groups;
    },

    _fill(context, colour) {
      if (colour === -1) return hatch(context);
      return wanmi.colourOf(this.classes, colour);
    },

    // Edges in pixels of this view, points closer than SKIP left out; kept while the view is.
    // Each edge is thinned once, so that the cells on both sides still meet.
    _pixels(view) {
      const { scale, left, top } = view;
      const key = `${scale} ${left} ${top}`;
      if (this._kept && this._kept.key === key) return this._kept;
      const { xs, ys, edgeStart } = this.edges;
      const [px, py] = [new Float32Array(xs.length), new Float32Array(xs.length)];
      const start = new Int32Array(edgeStart.length);
      let count = 0;
      for (let edge = 0; edge + 1 < edgeStart.length; edge++) {
        const last = edgeStart[edge + 1] - 1;
        for (let i = edgeStart[edge]; i <= last; i++) {
          const [x, y] = [xs[i] * scale - left, ys[i] * scale - top];
          const near = Math.abs(x - px[count - 1]) + Math.abs(y - py[count - 1]) < SKIP;
          if (near && i !== last && count > start[edge]) continue;
          px[count] = x;
          py[count] = y;
          count++;
        }
        start[edge + 1] = count;
      }
      return (this._kept = { key, px, py, start });
    },

    // A ring ends where it began; no closePath, which costs as much as the whole path so far.
    _trace(context, { px, py, start }, cell) {
      const { cellStart, steps } = this.edges;
      let fresh = true;
      for (let s = cellStart[cell]; s < cellStart[cell + 1]; s++) {
        const step = steps[s];
        if (Number.isNaN(step)) {
          fresh = true;
          continue;
        }
        const way = step < 0 ? -1 : 1;
        const edge = step < 0 ? -step - 1 : step;
        let i = step < 0 ? start[edge + 1] - 1 : start[edge];
        if (fresh) context.moveTo(px[i], py[i]);
        fresh = false;
        for (let n = start[edge + 1] - start[edge] - 1; n > 0; n--) {
          i += way;
          context.lineTo(px[i], py[i]);
        }
      }
    },

    _outline(context, { zoom, width, height }, { px, py, start }) {
      context.beginPath();
      for (let edge = 0; edge + 1 < start.length; edge++) {
        const [first, last] = [start[edge], start[edge + 1] - 1];
        if (Math.max(px[first], px[last]) < -200 || Math.min(px[first], px[last]) > width + 200) {
          continue;
        }
        if (Math.max(py[first], py[last]) < -200 || Math.min(py[first], py[last]) > height + 200) {
          continue;
        }
        context.moveTo(px[first], py[first]);
        for (let i = first + 1; i <= last; i++) context.lineTo(px[i], py[i]);
      }
      context.strokeStyle = wanmi.token("cell-line");
      context.lineWidth = zoom >= 16 ? 1 : 0.5;
      context.stroke();
    },

    // The code of the cell at a place, or null.
    codeAt(lon, lat) {
      const cell = this.edges ? wanmi.cellAt(this.edges, lon, lat) : -1;
      return cell < 0 ? null : this.edges.codes[cell];
    },

    // Frames a cell until another one or null is given; the list beside the map calls this too.
    focus(code) {
      if (this._focus) this._focus.remove();
      this._focus = null;
      const cell = code && this.place ? this.place.get(code) : undefined;
      if (cell === undefined || !this._map) return;
      this._focus = L.polygon(wanmi.ringsOf(this.edges, cell), {
        pane: "wanmi-focus",
        className: "wanmi-focus",
        fill: false,
        interactive: false,
      }).addTo(this._map);
    },

    _hover(event) {
      if (this._waiting || !this.edges) return;
      this._waiting = requestAnimationFrame(() => {
        this._waiting = null;
        if (!this._map) return;
        const cell = wanmi.cellAt(this.edges, event.latlng.lng, event.latlng.lat);
        if (cell < 0) this._leave();
        else this._tell(cell, event.latlng);
      });
    },

    _tell(cell, latlng) {
      this._tip = this._tip || L.tooltip({ className: "wanmi-tip", offset: [12, 0] });
      this._tip.setContent(
        wanmi.el(
          "span",
          {},
          wanmi.el("b", {}, this._words(cell)),
          ` ${this.edges.codes[cell]}`,
        ),
      );
      this._tip.setLatLng(latlng).addTo(this._map);
      if (this._hovered !== cell) this.focus(this.edges.codes[cell]);
      this._hovered = cell;
    },

    _words(cell) {
      const other = this.other && this.other[cell];
      return wanmi.valueWords(this.raw[cell], other, this.values[cell], this.settings.colouring.unit);
    },

    _leave() {
      if (this._tip) this._tip.remove();
      if (this._hovered !== undefined && this._hovered !== null) this.focus(null);
      this._hovered = null;
    },
  });

  // Diagonal lines: seen, but of no amount.
  function hatch(context) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = wanmi.token("no-data");
    pen.lineWidth = 1;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
    }
    pen.stroke();
    return context.createPattern(tile, "repeat");
  }

  wanmi.cells = function (key, settings) {
    return (wanmi.layers[key] = new CellsLayer(settings));
  };
})();
