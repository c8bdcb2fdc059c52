// The map as a picture: its canvases, outlines, marks and legend painted on one canvas of our own.
//
// Only what this page has drawn itself; tiles of another host are left out, a canvas with them could
// not be read. Boxes are painted as they are styled: ground, border, text.

const SCALE = 2; // for print
const SHOWN = ".wanmi-legend, .leaflet-control-scale-line, .leaflet-control-attribution";
const LINE = 22; // pixels of a line below the map
const MARGIN = 10;

// `lines` are written below the map. Resolves to a PNG blob.
export async function pictureOf(map, lines) {
  const box = map.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  canvas.width = box.width * SCALE;
  canvas.height = (box.height + lines.length * LINE + 2 * MARGIN) * SCALE;
  const context = canvas.getContext("2d");
  const page = getComputedStyle(document.body);
  const painter = new Painter(context, box);
  painter.home();
  context.fillStyle = page.getPropertyValue("--ground");
  context.fillRect(0, 0, box.width, canvas.height / SCALE);
  context.save();
  context.beginPath();
  context.rect(0, 0, box.width, box.height);
  context.clip();
  context.fillStyle = getComputedStyle(map).backgroundColor;
  context.fillRect(0, 0, box.width, box.height);
  for (const pane of panes(map)) painter.pane(pane);
  for (const control of map.querySelectorAll(SHOWN)) painter.box(control);
  context.restore();
  painter.home();
  context.globalAlpha = 1;
  context.fillStyle = page.getPropertyValue("--ink");
  context.font = `14px ${page.fontFamily}`;
  context.textBaseline = "top";
  lines.forEach((line, i) => context.fillText(line, MARGIN, box.height + MARGIN + i * LINE, box.width - 2 * MARGIN));
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(""))), "image/png");
  });
}

// What lies on the map, from below.
function panes(map) {
  const level = (pane) => Number(getComputedStyle(pane).zIndex) || 0;
  const within = [...map.querySelectorAll(".leaflet-map-pane > .leaflet-pane")];
  return within
    .filter((pane) => !pane.matches(".leaflet-tile-pane, .leaflet-popup-pane, .leaflet-tooltip-pane"))
    .sort((a, b) => level(a) - level(b));
}

class Painter {
  #context;
  #origin;

  constructor(context, origin) {
    this.#context = context;
    this.#origin = origin;
  }

  home() {
    this.#context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
  }

  pane(pane) {
    for (const child of pane.children) {
      if (child.tagName === "CANVAS") this.#canvas(child);
      else if (child.tagName === "svg") child.querySelectorAll("path").forEach((path) => this.#path(path));
      else this.box(child);
    }
  }

  #place(element) {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: left - this.#origin.left, y: top - this.#origin.top, width, height };
  }

  #canvas(canvas) {
    const { x, y, width, height } = this.#place(canvas);
    this.#context.globalAlpha = Number(getComputedStyle(canvas).opacity);
    if (width && height) this.#context.drawImage(canvas, x, y, width, height);
  }

  #path(path) {
    const style = getComputedStyle(path);
    const at = path.getScreenCTM();
    const context = this.#context;
    if (style.display === "none" || !at) return;
    const [east, south] = [at.e - this.#origin.left, at.f - this.#origin.top];
    context.setTransform(SCALE * at.a, SCALE * at.b, SCALE * at.c, SCALE * at.d, SCALE * east, SCALE * south);
    const shape = new Path2D(path.getAttribute("d") || "");
    if (style.fill !== "none") {
      context.globalAlpha = Number(style.fillOpacity) * Number(style.opacity);
      context.fillStyle = style.fill;
      context.fill(shape, "evenodd");
    }
    if (style.stroke !== "none") {
      context.globalAlpha = Number(style.strokeOpacity) * Number(style.opacity);
      context.strokeStyle = style.stroke;
      context.lineWidth = parseFloat(style.strokeWidth) || 1;
      const dashes = (style.strokeDasharray.match(/[\d.]+/g) || []).map(Number);
      context.setLineDash(dashes);
      context.stroke(shape);
      context.setLineDash([]);
    }
    this.home();
  }

  // An element and what is in it.
  box(element) {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return;
    this.#ground(element, style);
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) this.#text(child, style);
      else if (child.nodeType === Node.ELEMENT_NODE) this.box(child);
    }
  }

  #ground(element, style) {
    const { x, y, width, height } = this.#place(element);
    if (!width || !height) return;
    const context = this.#context;
    const border = parseFloat(style.borderTopWidth) || parseFloat(style.borderBottomWidth) || 0;
    const radius = Math.min(corner(style, width), width / 2, height / 2);
    context.globalAlpha = Number(style.opacity);
    context.beginPath();
    context.roundRect(x, y, width, height, radius);
    context.fillStyle = style.backgroundColor;
    context.fill();
    if (style.backgroundImage !== "none") this.#hatch(x, y, width, height, style);
    if (!border || style.borderStyle === "none") return;
    context.beginPath();
    context.roundRect(x + border / 2, y + border / 2, width - border, height - border, radius);
    context.lineWidth = border;
    context.strokeStyle = style.borderBottomColor;
    context.stroke();
  }

  // The one pattern of ours: "no data".
  #hatch(x, y, width, height, style) {
    const context = this.#context;
    context.save();
    context.clip();
    context.strokeStyle = style.color;
    context.lineWidth = 1;
    context.beginPath();
    for (let shift = -height; shift < width; shift += 4) {
      context.moveTo(x + shift, y + height);
      context.lineTo(x + shift + height, y);
    }
    context.stroke();
    context.restore();
  }

  #text(node, style) {
    const text = node.textContent.trim();
    if (!text) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, top, height, width } = range.getBoundingClientRect();
    const context = this.#context;
    context.globalAlpha = 1;
    context.fillStyle = style.color;
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.textBaseline = "middle";
    context.fillText(text, left - this.#origin.left, top - this.#origin.top + height / 2, width + 2);
  }
}

function corner(style, width) {
  const said = style.borderTopLeftRadius;
  return said.endsWith("%") ? (parseFloat(said) / 100) * width : parseFloat(said) || 0;
}
