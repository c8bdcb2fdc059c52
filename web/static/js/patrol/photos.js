// Photos of a report: shrunk on the phone to spare the network, then sent in the background.

import { mayRepeat, Refused, upload } from "./api.js";
import { exifOf, withExif } from "./exif.js";
import { byId, el, page, say } from "./page.js";

const LONGEST = 1600;
const QUALITY = 0.8;

// A small upright JPEG of a picture file; the file itself when this browser cannot read it.
export async function shrunk(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return small ? withExif(small, await exifOf(file)) : file;
}

// One photo: `id` once the server has it, `blob` while it has not.
class Photo {
  id = null;
  blob = null;
  share = 0;
  fault = null;
  preview = null;
}

export class Photos extends EventTarget {
  list = [];
  #line = Promise.resolve(); // one after another: a phone's network is not made for nine at once

  constructor() {
    super();
    byId("camera").addEventListener("change", ({ target }) => {
      const files = [...target.files];
      target.value = ""; // so that the same file can be chosen again
      files.forEach((file) => this.add(file));
    });
  }

  async add(file) {
    if (this.list.length >= page.most_photos) {
      this.dispatchEvent(new CustomEvent("fault", { detail: say("photo_many", { count: page.most_photos }) }));
      return;
    }
    const photo = new Photo();
    this.list.push(photo);
    this.#draw();
    photo.blob = await shrunk(file);
    photo.preview = URL.createObjectURL(photo.blob);
    photo.running = this.#line = this.#line.then(() => this.#send(photo));
    this.#draw();
  }

  // Photos that the server has already, from a draft that is taken up again. It shows them to their
  // account only; who has none sees which they were.
  restore(ids) {
    this.list = ids.map((id) => {
      const preview = page.sees_photos ? `${page.photos}/${id}?size=thumbnail` : null;
      return Object.assign(new Photo(), { id, share: 1, preview });
    });
    this.#draw();
  }

  clear() {
    this.list = [];
    this.#draw();
  }

  get ids() {
    return this.list.filter(({ id }) => id).map(({ id }) => id);
  }

  // Waits until every photo has arrived or cannot; what has not is {blob}, what has {id}.
  async settled() {
    await Promise.all(this.list.map(({ running }) => running));
    return this.list
      .filter(({ id, fault, blob }) => id || (blob && (!fault || mayRepeat(fault))))
      .map(({ id, blob }) => (id ? { id } : { blob }));
  }

  get isSending() {
    return this.list.some(({ id, fault }) => !id && !fault);
  }

  async #send(photo) {
    if (!this.list.includes(photo)) return; // taken out while it stood in line
    try {
      photo.id = await upload(photo.blob, (share) => {
        photo.share = share;
        this.#draw();
      });
    } catch (fault) {
      photo.fault = fault;
      if (fault instanceof Refused) {
        this.dispatchEvent(new CustomEvent("fault", { detail: fault.sentences.join(" ") }));
      }
    }
    this.#draw();
    this.dispatchEvent(new Event("change"));
  }

  #remove(photo) {
    this.list = this.list.filter((one) => one !== photo);
    this.#draw();
    this.dispatchEvent(new Event("change"));
    byId("camera").focus();
  }

  #draw() {
    const box = byId("photos");
    box.querySelectorAll(".shot").forEach((shot) => shot.remove());
    box.append(...this.list.map((photo, index) => this.#shot(photo, index + 1)));
  }

  #shot(photo, n) {
    const remove = el("button", { type: "button", class: "quiet", "aria-label": say("photo_remove", { n }) }, "×");
    remove.addEventListener("click", () => this.#remove(photo));
    return el(
      "div",
      { class: "shot" },
      photo.preview
        ? el("img", { src: photo.preview, alt: say("photo_of", { n }) })
        : el("span", { class: "shot-name" }, say("photo_of", { n })),
      el("span", { class: "shot-state" }, this.#state(photo)),
      photo.id || photo.fault ? null : el("progress", { max: 1, value: photo.share }),
      remove,
    );
  }

  #state({ id, fault, blob, share }) {
    if (id) return `● ${say("photo_sent")}`;
    if (fault) return mayRepeat(fault) ? `▲ ${say("photo_waiting")}` : `■ ${say("photo_refused")}`;
    return blob ? `${Math.round(share * 100)} %` : say("photo_shrinking");
  }
}
