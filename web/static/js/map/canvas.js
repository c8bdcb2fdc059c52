// A Leaflet layer with one canvas of its own: moved with the map, redrawn when it comes to rest.
(function () {
  "use strict";
  const PADDING = 0.25; // of the view, on each side, so that a small drag shows no bare edge

  // A kind of layer: `draw(context, view)` paints; `view.x(worldX)`, `view.y(worldY)` are pixels.
  wanmi.CanvasLayer = L.Layer.extend({
    onAdd(map) {
      const canvas = (this._canvas = document.createElement("canvas"));
      canvas.className = "wanmi-canvas leaflet-zoom-animated";
      canvas.setAttribute("aria-hidden", "true");
      map.getPane(this.options.pane).append(canvas);
      this._forget = wanmi.onTheme(() => this.redraw());
      this._settle();
    },

    onRemove() {
      this._canvas.remove();
      this._forget();
      cancelAnimationFrame(this._frame);
      this._frame = null;
    },

    getEvents() {
      const events = { moveend: this._settle, resize: this._settle };
      if (this._map.options.zoomAnimation && L.Browser.any3d) events.zoomanim = this._glide;
      return events;
    },

    // Paints again with the next frame; several calls cost one.
    redraw() {
      if (!this._map || this._frame) return;
      this._frame = requestAnimationFrame(() => {
        this._frame = null;
        if (this._map) this._settle();
      });
    },

    _settle() {
      const map = this._map;
      const size = map.getSize();
      const margin = size.multiplyBy(PADDING).round();
      const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
      const full = size.add(margin.multiplyBy(2));
      const ratio = window.devicePixelRatio || 1;
      const canvas = this._canvas;
      const [width, height] = [Math.round(full.x * ratio), Math.round(full.y * ratio)];
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${full.x}px`;
        canvas.style.height = `${full.y}px`;
      }
      L.DomUtil.setTransform(canvas, corner, 1);
      const origin = map.getPixelOrigin().add(corner);
      const bounds = [corner, corner.add(full)].map((point) => map.layerPointToLatLng(point));
      this._drawn = L.latLngBounds(bounds);
      const context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, full.x, full.y);
      const scale = 256 * 2 ** map.getZoom();
      this.draw(context, {
        zoom: map.getZoom(),
        scale,
        left: origin.x,
        top: origin.y,
        width: full.x,
        height: full.y,
        x: (world) => world * scale - origin.x,
        y: (world) => world * scale - origin.y,
      });
    },

    _glide(event) {
      const map = this._map;
      const scale = map.getZoomScale(event.zoom);
      const corner = map._latLngBoundsToNewLayerBounds(this._drawn, event.zoom, event.center).min;
      L.DomUtil.setTransform(this._canvas, corner, scale);
    },
  });
})();
