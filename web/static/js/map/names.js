// Names on the base map: along lines, glyph by glyph, or level at a point; none over another.
(function () {
  "use strict";

  // Remembers the boxes that are taken, in a coarse grid.
  wanmi.Places = class {
    constructor() {
      this.taken = [];
    }
    free(box) {
      return this.taken.every(
        (other) =>
          box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1],
      );
    }
    take(box) {
      this.taken.push(box);
    }
  };

  function write(context, glyph, x, y) {
    context.strokeText(glyph, x, y);
    context.fillText(glyph, x, y);
  }

  // A name level at a point, when there is room.
  wanmi.nameAt = function (context, places, name, x, y, size) {
    const half = context.measureText(name).width / 2 + 2;
    const box = [x - half, y - size / 2 - 2, x + half, y + size / 2 + 2];
    if (!places.free(box)) return false;
    places.take(box);
    write(context, name, x, y);
    return true;
  };

  // A name along a line of pixel points [[x, y], …], once each `every` pixels, never upside down.
  wanmi.nameAlong = function (context, places, name, points, size, every) {
    const far = lengths(points);
    const total = far.at(-1);
    const spread = size * 1.35;
    const need = name.length * spread;
    if (total < need * 1.3) return;
    const times = Math.max(1, Math.floor(total / every));
    for (let n = 0; n < times; n++) {
      const start = ((n + 0.5) * total) / times - need / 2;
      const glyphs = glyphsFrom(points, far, name, start, spread);
      if (glyphs) place(context, places, glyphs, size);
    }
  };

  function lengths(points) {
    const far = [0];
    for (let i = 1; i < points.length; i++) {
      const [x0, y0] = points[i - 1];
      far.push(far[i - 1] + Math.hypot(points[i][0] - x0, points[i][1] - y0));
    }
    return far;
  }

  function at(points, far, distance) {
    let i = 1;
    while (i < far.length - 1 && far[i] < distance) i++;
    const part = (distance - far[i - 1]) / (far[i] - far[i - 1] || 1);
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    return [x0 + part * (x1 - x0), y0 + part * (y1 - y0), Math.atan2(y1 - y0, x1 - x0)];
  }

  const LEVEL = (Math.PI / 180) * 80; // steeper lines are read from the top down
  const BEND = Math.PI / 4; // a sharper turn within a name is not legible

  function glyphsFrom(points, far, name, start, spread) {
    const [x0, y0] = at(points, far, start);
    const [x1, y1] = at(points, far, start + name.length * spread);
    const steep = Math.abs(Math.atan2(y1 - y0, Math.abs(x1 - x0))) > LEVEL;
    const backwards = steep ? y1 < y0 : x1 < x0;
    const mean = Math.atan2(y1 - y0, x1 - x0);
    const upright = Math.abs(Math.sin(mean)) > 0.707; // Chinese stands upright down a street
    const glyphs = [];
    for (let i = 0; i < name.length; i++) {
      const order = backwards ? name.length - 1 - i : i;
      const [x, y, angle] = at(points, far, start + (order + 0.5) * spread);
      const off = Math.atan2(Math.sin(angle - mean), Math.cos(angle - mean));
      if (Math.abs(off) > BEND) return null;
      let turn = angle + (backwards ? Math.PI : 0);
      if (upright) turn += Math.sin(turn) > 0 ? -Math.PI / 2 : Math.PI / 2;
      glyphs.push([name[i], x, y, turn]);
    }
    return glyphs;
  }

  function place(context, places, glyphs, size) {
    const half = size * 0.75;
    const boxes = glyphs.map(([, x, y]) => [x - half, y - half, x + half, y + half]);
    if (!boxes.every((box) => places.free(box))) return;
    boxes.forEach((box) => places.take(box));
    for (const [glyph, x, y, turn] of glyphs) {
      context.save();
      context.translate(x, y);
      context.rotate(turn);
      write(context, glyph, 0, 0);
      context.restore();
    }
  }
})();
