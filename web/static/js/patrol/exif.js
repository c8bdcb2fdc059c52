// When and where a photo was taken stands in its EXIF part; shrinking on a canvas would lose it.
// It is taken out of the camera's file and put into the small one, turned upright (the canvas has
// done that). The server keeps it privately, as evidence.

const START = 0xffd8;
const APP1 = 0xffe1;
const SCAN = 0xffda;
const EXIF = 0x45786966;
const ORIENTATION = 0x0112;
const LITTLE = 0x4949;
const MARKER_BYTES = 4;
const TIFF_AT = 10; // behind marker, length and "Exif\0\0"

// The EXIF part of a JPEG file as bytes, or null.
export async function exifOf(file) {
  const view = new DataView(await file.slice(0, 262144).arrayBuffer());
  if (view.byteLength < 4 || view.getUint16(0) !== START) return null;
  let at = 2;
  while (at + TIFF_AT < view.byteLength) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (marker === SCAN || marker >> 8 !== 0xff || length < 2) return null;
    const end = at + 2 + length;
    if (marker === APP1 && view.getUint32(at + MARKER_BYTES) === EXIF) {
      return end <= view.byteLength ? upright(view.buffer.slice(at, end)) : null;
    }
    at = end;
  }
  return null;
}

// The same part, saying that the picture stands upright.
function upright(buffer) {
  const view = new DataView(buffer);
  try {
    const little = view.getUint16(TIFF_AT) === LITTLE;
    const first = TIFF_AT + view.getUint32(TIFF_AT + 4, little);
    const count = view.getUint16(first, little);
    for (let i = 0; i < count; i++) {
      const entry = first + 2 + i * 12;
      if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little);
    }
  } catch {
    return null; // Cut short: better no EXIF than a broken one.
  }
  return buffer;
}

// `jpeg` (from a canvas) with the EXIF part put in where it belongs.
export async function withExif(jpeg, exif) {
  if (!exif) return jpeg;
  return new Blob([jpeg.slice(0, 2), exif, jpeg.slice(2)], { type: "image/jpeg" });
}
