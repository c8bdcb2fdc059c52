// Reads an edge file (layout: wanmi.web.maps.edges) into flat arrays in unit Mercator.
(function () {
  "use strict";

  function integers(bytes) {
    const values = new Float64Array(bytes.length);
    let count = 0;
    let value = 0;
    let factor = 1;
    for (const byte of bytes) {
      value += (byte & 127) * factor;
      if (byte < 128) {
        values[count++] = value;
        value = 0;
        factor = 1;
      } else {
        factor *= 128;
      }
    }
    return values.subarray(0, count);
  }

  const signed = (value) => (value % 2 ? -(value + 1) / 2 : value / 2);

  function codesOf(text) {
    let before = "";
    return text.split(",").map((part) => {
      before = before.slice(0, parseInt(part[0], 36)) + part.slice(1);
      return before;
    });
  }

  // {edition, codes, xs, ys, edgeStart, cellStart, steps, boxes}
  //   edge e: points edgeStart[e] … edgeStart[e + 1] of xs, ys
  //   cell c: steps cellStart[c] … cellStart[c + 1]; a step is e forwards, -e - 1 backwards,
  //   and a NaN between two rings
  //   boxes: minX, minY, maxX, maxY of each cell
  wanmi.readEdges = function (buffer) {
    const bytes = new Uint8Array(buffer);
    if (String.fromCharCode(...bytes.subarray(0, 4)) !== "WEDG") throw new Error("no edge file");
    const length = new DataView(buffer).getUint32(4, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    if (head.format !== 1) throw new Error(`edge file of format ${head.format}`);
    let at = 8 + length;
    const streams = head.streams.map((size) => integers(bytes.subarray(at, (at += size))));
    const edges = { edition: head.edition, codes: codesOf(head.codes) };
    placeEdges(edges, head, streams);
    traceCells(edges, head, streams);
    boundCells(edges);
    return edges;
  };

  // The edges of a source, read once for all layers that ask.
  const read = new Map();
  wanmi.edgesOf = function (source) {
    const key = source.address ?? source;
    if (!read.has(key)) {
      const reading = wanmi.load(source).then(wanmi.readEdges);
      reading.catch(() => read.delete(key));
      read.set(key, reading);
    }
    return read.get(key);
  };

  function placeEdges(edges, head, [sizes, movesX, movesY]) {
    edges.edgeStart = new Int32Array(sizes.length + 1);
    sizes.forEach((size, index) => {
      edges.edgeStart[index + 1] = edges.edgeStart[index] + size;
    });
    edges.xs = new Float64Array(movesX.length);
    edges.ys = new Float64Array(movesY.length);
    let x = 0;
    let y = 0;
    for (let i = 0; i < movesX.length; i++) {
      x += signed(movesX[i]);
      y += signed(movesY[i]);
      edges.xs[i] = wanmi.worldX(head.origin[0] + x * head.step);
      edges.ys[i] = wanmi.worldY(head.origin[1] + y * head.step);
    }
  }

  function traceCells(edges, head, [, , , ringCounts, rings, uses]) {
    const steps = new Float64Array(uses.length + rings.length);
    edges.cellStart = new Int32Array(head.cells + 1);
    let unseen = 0;
    let ring = 0;
    let use = 0;
    let count = 0;
    for (let cell = 0; cell < head.cells; cell++) {
      for (let r = 0; r < ringCounts[cell]; r++) {
        if (r) steps[count++] = NaN;
        for (let n = Math.floor(rings[ring++] / 2); n > 0; n--) {
          const step = uses[use++];
          const edge = step === 0 ? unseen++ : unseen - Math.floor(step / 2);
          steps[count++] = step % 2 ? -edge - 1 : edge;
        }
      }
      edges.cellStart[cell + 1] = count;
    }
    edges.steps = steps.subarray(0, count);
  }

  function boundCells(edges) {
    const { xs, ys, edgeStart, cellStart, steps } = edges;
    const boxes = (edges.boxes = new Float64Array(4 * edges.codes.length));
    for (let cell = 0; cell < edges.codes.length; cell++) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (let s = cellStart[cell]; s < cellStart[cell + 1]; s++) {
        if (Number.isNaN(steps[s])) continue;
        const edge = steps[s] < 0 ? -steps[s] - 1 : steps[s];
        for (let i = edgeStart[edge]; i < edgeStart[edge + 1]; i++) {
          if (xs[i] < box[0]) box[0] = xs[i];
          if (ys[i] < box[1]) box[1] = ys[i];
          if (xs[i] > box[2]) box[2] = xs[i];
          if (ys[i] > box[3]) box[3] = ys[i];
        }
      }
      boxes.set(box, 4 * cell);
    }
  }

  // The rings of a cell as lists of [lat, lon], for one outline.
  wanmi.ringsOf = function (edges, cell) {
    const { xs, ys, edgeStart, cellStart, steps } = edges;
    const rings = [[]];
    for (let s = cellStart[cell]; s < cellStart[cell + 1]; s++) {
      if (Number.isNaN(steps[s])) {
        rings.push([]);
        continue;
      }
      const backwards = steps[s] < 0;
      const edge = backwards ? -steps[s] - 1 : steps[s];
      const points = [];
      for (let i = edgeStart[edge]; i < edgeStart[edge + 1]; i++) {
        points.push([wanmi.latOf(ys[i]), wanmi.lonOf(xs[i])]);
      }
      rings.at(-1).push(...(backwards ? points.reverse() : points));
    }
    return rings;
  };

  // The first cell whose inside holds the place (crossings of a ray), or -1.
  wanmi.cellAt = function (edges, lon, lat) {
    const x = wanmi.worldX(lon);
    const y = wanmi.worldY(lat);
    const { boxes } = edges;
    for (let cell = 0; cell < edges.codes.length; cell++) {
      const b = 4 * cell;
      if (x < boxes[b] || x > boxes[b + 2] || y < boxes[b + 1] || y > boxes[b + 3]) continue;
      if (inside(edges, cell, x, y)) return cell;
    }
    return -1;
  };

  function inside({ xs, ys, edgeStart, cellStart, steps }, cell, x, y) {
    let odd = false;
    for (let s = cellStart[cell]; s < cellStart[cell + 1]; s++) {
      if (Number.isNaN(steps[s])) continue;
      const edge = steps[s] < 0 ? -steps[s] - 1 : steps[s];
      for (let i = edgeStart[edge] + 1; i < edgeStart[edge + 1]; i++) {
        if (ys[i - 1] > y === ys[i] > y) continue;
        if (x < xs[i - 1] + ((y - ys[i - 1]) / (ys[i] - ys[i - 1])) * (xs[i] - xs[i - 1])) odd = !odd;
      }
    }
    return odd;
  }
})();
