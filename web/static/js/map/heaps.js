// Many cases seen from far off: one sign a patch of the screen, made of counts by cell, so that the
// number of cases does not matter. Events: "heap" ({codes, cases}) when one is chosen that cannot be
// looked at closer, "heapover" ({codes}) and "heapout" under the pointer.
(function () {
  "use strict";
  const PATCH = 84; // pixels a side
  const CLOSER = 2; // zoom steps of a click

  const HeapsLayer = L.Layer.extend({
    initialize(settings) {
      this.settings = settings;
      this.heaps = [];
      this.signs = new Map();
      this.closest = Infinity; // zoom at which a sign is chosen instead of looked at closer
    },

    onAdd(map) {
      this._group = L.layerGroup().addTo(map);
      map.on("moveend", this._draw, this);
      this._draw();
    },

    onRemove(map) {
      map.off("moveend", this._draw, this);
      this._group.remove();
      this.signs.clear();
    },

    // The heaps at an address (GET /grid/heaps); an answer that a later question has overtaken is
    // dropped.
    async load(address) {
      this._asked = address;
      const [edges, document] = await Promise.all([
        wanmi.edgesOf(this.settings.edges),
        wanmi.reload({ address }),
      ]);
      if (address !== this._asked) return;
      if (document.edition !== edges.edition) throw new Error("heaps of another grid");
      this._take(edges, document);
    },

    _take({ codes, boxes }, { cases, overdue, others }) {
      this.heaps = [];
      cases.forEach((count, cell) => {
        if (!count) return;
        const b = 4 * cell;
        const [x, y] = [(boxes[b] + boxes[b + 2]) / 2, (boxes[b + 1] + boxes[b + 3]) / 2];
        this.heaps.push({ x, y, cases: count, overdue: overdue[cell], code: codes[cell] });
      });
      for (const { lon, lat, ...counts } of others) {
        this.heaps.push({ x: wanmi.worldX(lon), y: wanmi.worldY(lat), ...counts, code: null });
      }
      if (this._map) this._draw();
    },

    // The element of the sign that a cell is part of, if it is in view.
    elementOf(code) {
      for (const { heap, marker } of this.signs.values()) {
        if (heap.codes.includes(code)) return marker.getElement() ?? null;
      }
      return null;
    },

    _draw() {
      const zoom = this._map.getZoom();
      const wanted = this._gathered(zoom);
      for (const [key, { marker }] of this.signs) {
        if (wanted.has(key)) continue;
        this._group.removeLayer(marker);
        this.signs.delete(key);
      }
      for (const [key, heap] of wanted) {
        const known = this.signs.get(key);
        if (known) known.heap = heap;
        else this.signs.set(key, this._sign(heap));
      }
    },

    // Heaps by patch, in view and a little beyond. A patch lies still while one pans; what it says
    // is part of its key, so that what has not changed stays, with its focus.
    _gathered(zoom) {
      const size = PATCH * wanmi.enlarged();
      const scale = 256 * 2 ** zoom;
      const { min, max } = this._map.getPixelBounds();
      const patches = new Map();
      for (const { x, y, cases, overdue, code } of this.heaps) {
        const [px, py] = [x * scale, y * scale];
        if (px < min.x - size || px > max.x + size || py < min.y - size || py > max.y + size) continue;
        const key = `${Math.floor(px / size)},${Math.floor(py / size)}`;
        let patch = patches.get(key);
        if (!patch) patches.set(key, (patch = { key, x: 0, y: 0, cases: 0, overdue: 0, codes: [] }));
        patch.x += x * cases;
        patch.y += y * cases;
        patch.cases += cases;
        patch.overdue += overdue;
        if (code) patch.codes.push(code);
      }
      const found = new Map();
      for (const patch of patches.values()) {
        patch.lon = wanmi.lonOf(patch.x / patch.cases);
        patch.lat = wanmi.latOf(patch.y / patch.cases);
        found.set(`${zoom} ${patch.key} ${patch.cases} ${patch.overdue}`, patch);
      }
      return found;
    },

    _sign(heap) {
      const { cases, overdue } = heap;
      const words = wanmi.say("issues_here", { n: cases });
      const label = overdue ? `${words}, ${wanmi.say("late")} ${overdue}` : words;
      const icon = wanmi.countIcon(cases, overdue ? "late" : null, overdue, label);
      const marker = L.marker([heap.lat, heap.lon], { icon, title: label });
      const sign = { heap, marker };
      marker.on("click keypress", ({ type, originalEvent }) => {
        if (type === "click" || originalEvent?.key === "Enter") this._choose(sign.heap);
      });
      marker.on("mouseover", () => this.fire("heapover", { codes: sign.heap.codes }));
      marker.on("mouseout", () => this.fire("heapout"));
      marker.addTo(this._group);
      return sign;
    },

    _choose(heap) {
      const zoom = this._map.getZoom();
      const nearest = Math.min(this.closest, this._map.getMaxZoom());
      if (zoom >= nearest) this.fire("heap", { codes: heap.codes, cases: heap.cases });
      else this._map.setView([heap.lat, heap.lon], Math.min(zoom + CLOSER, nearest));
    },
  });

  wanmi.heaps = function (key, settings) {
    return (wanmi.layers[key] = new HeapsLayer(settings));
  };
})();
