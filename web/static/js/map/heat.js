// Heat: cases per square kilometre, smoothed by a quartic kernel around the middle of each cell.
(function () {
  "use strict";
  const COARSE = 4; // screen pixels a side of one that is worked out
  const STEPS = 5;
  const EARTH_M = 40075016.686; // around the equator of Web Mercator

  const HeatLayer = wanmi.CanvasLayer.extend({
    options: { pane: "wanmi-density" },

    initialize(settings) {
      this.settings = settings;
      this.spots = [];
      this.top = 0;
    },

    onAdd(map) {
      wanmi.CanvasLayer.prototype.onAdd.call(this, map);
      this.ready = this.ready || this._load().catch(wanmi.fail);
      wanmi.explain(map, this, true);
    },

    onRemove(map) {
      wanmi.explain(map, this, false);
      wanmi.CanvasLayer.prototype.onRemove.call(this, map);
    },

    async _load() {
      const asked = this.settings.counts;
      const [edges, counts] = await Promise.all([wanmi.edgesOf(this.settings.edges), wanmi.load(asked)]);
      this.edges = edges;
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

    // Counts in the order of the edge file, {edition, values}.
    set({ edition, values }) {
      if (edition !== this.edges.edition) throw new Error("counts of another grid");
      const { boxes } = this.edges;
      this.spots = [];
      values.forEach((count, cell) => {
        if (!count) return;
        const b = 4 * cell;
        this.spots.push([(boxes[b] + boxes[b + 2]) / 2, (boxes[b + 1] + boxes[b + 3]) / 2, count]);
      });
      this.top = this._highest();
      if (!this._map) return;
      wanmi.explain(this._map, this, true);
      this.redraw();
    },

    // What 1 at the middle of a cell adds there, and how far it is felt, in the unit square.
    _kernel() {
      const { reach_m: reach } = this.settings;
      const lat = this.spots.length ? wanmi.latOf(this.spots[0][1]) : 0;
      return {
        reach: reach / (EARTH_M * Math.cos((lat * Math.PI) / 180)),
        peak: 3 / (Math.PI * (reach / 1000) ** 2),
      };
    },

    // The highest density at the middle of a cell: the scale is the same at every zoom.
    _highest() {
      const { reach, peak } = this._kernel();
      const boxes = new Map();
      const box = (x, y) => `${Math.floor(x / reach)} ${Math.floor(y / reach)}`;
      for (const spot of this.spots) {
        const key = box(spot[0], spot[1]);
        boxes.set(key, [...(boxes.get(key) || []), spot]);
      }
      let highest = 0;
      for (const [x, y] of this.spots) {
        let sum = 0;
        for (const dx of [-reach, 0, reach]) {
          for (const dy of [-reach, 0, reach]) {
            for (const [ox, oy, count] of boxes.get(box(x + dx, y + dy)) || []) {
              const far = ((ox - x) ** 2 + (oy - y) ** 2) / reach ** 2;
              if (far < 1) sum += count * peak * (1 - far) ** 2;
            }
          }
        }
        highest = Math.max(highest, sum);
      }
      return highest;
    },

    legend() {
      const lows = this.top ? Array.from({ length: STEPS }, (_, i) => ((i + 0.5) * this.top) / STEPS) : [];
      const note = wanmi.say("heat_how", { n: this.settings.reach_m });
      const classes = { method: "", lows, high: this.top, whole: true };
      return { title: this.settings.name, unit: "/km²", note, classes };
    },

    draw(context, view) {
      const width = Math.ceil(view.width / COARSE);
      const height = Math.ceil(view.height / COARSE);
      if (!this.top || !width || !height) return;
      const heights = this._heights(view, width, height);
      const picture = new ImageData(width, height);
      const colours = Array.from({ length: STEPS }, (_, i) => parsed(wanmi.token(`density-${i + 1}`)));
      for (let i = 0; i < heights.length; i++) {
        const step = Math.min(STEPS - 1, Math.floor((heights[i] / this.top) * STEPS - 0.5));
        if (step >= 0) picture.data.set(colours[step], 4 * i);
      }
      const small = document.createElement("canvas");
      [small.width, small.height] = [width, height];
      small.getContext("2d").putImageData(picture, 0, 0);
      context.imageSmoothingEnabled = true;
      context.drawImage(small, 0, 0, width * COARSE, height * COARSE);
    },

    _heights({ x, y, scale }, width, height) {
      const heights = new Float32Array(width * height);
      const { reach, peak } = this._kernel();
      const far = (reach * scale) / COARSE;
      for (const [worldX, worldY, count] of this.spots) {
        const [px, py] = [x(worldX) / COARSE, y(worldY) / COARSE];
        const [left, right] = [Math.max(0, Math.ceil(px - far)), Math.min(width - 1, px + far)];
        const [above, below] = [Math.max(0, Math.ceil(py - far)), Math.min(height - 1, py + far)];
        for (let row = above; row <= below; row++) {
          for (let column = left; column <= right; column++) {
            const near = 1 - ((column - px) ** 2 + (row - py) ** 2) / far ** 2;
            if (near > 0) heights[row * width + column] += count * peak * near * near;
          }
        }
      }
      return heights;
    },
  });

  function parsed(colour) {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  }

  wanmi.heat = function (key, settings) {
    return (wanmi.layers[key] = new HeatLayer(settings));
  };
})();
