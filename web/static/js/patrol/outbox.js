// Reports on their way. Each is written down before it is sent and crossed out when the server has
// answered for it: a lost answer, a dead battery, a closed page lose nothing, and because the
// report keeps its id, sending it again makes no second case.

import { ask, mayRepeat, upload } from "./api.js";
import { store } from "./draft.js";
import { page } from "./page.js";

const PREFIX = `wanmi-patrol-outbox-${page.account}-`;
const RETRY_MS = 20000;

export class Outbox extends EventTarget {
  // One key a report, so that two tabs never write over each other.
  #entries = new Map(store.keys(PREFIX).map((key) => [key, store.read(key)]));
  #busy = new Set();

  get waiting() {
    return [...this.#entries.keys()].filter((key) => !this.#busy.has(key)).length;
  }

  start() {
    addEventListener("online", () => this.flush());
    setInterval(() => this.flush(), RETRY_MS);
    this.flush();
  }

  // Takes a report ({id, …} as the API wants it) with its photos ({id} or {blob}); resolves to
  // {receipt, lost} (how many photos had to be left out), {refused} (it cannot be taken like this)
  // or {kept, fault} (it will be tried again).
  async send(report, photos, name) {
    const key = PREFIX + report.id;
    const entry = { report, name, photos: await Promise.all(photos.map(packed)) };
    this.#entries.set(key, entry);
    const written = store.write(key, entry);
    const result = await this.#deliver(key);
    return result.kept ? { ...result, written } : result;
  }

  // Tries everything that waits, one after another; tells what became of it.
  async flush() {
    for (const key of [...this.#entries.keys()]) {
      if (this.#busy.has(key)) continue;
      const { name } = this.#entries.get(key);
      const result = await this.#deliver(key);
      if (result.kept) return;
      this.dispatchEvent(new CustomEvent("later", { detail: { ...result, name } }));
    }
  }

  async #deliver(key) {
    const entry = this.#entries.get(key);
    this.#busy.add(key);
    this.dispatchEvent(new Event("change"));
    try {
      const receipt = await deliver(entry, () => store.write(key, entry));
      this.#cross(key);
      return { receipt, lost: entry.lost ?? 0 };
    } catch (fault) {
      if (mayRepeat(fault)) return { kept: true, fault };
      this.#cross(key);
      return { refused: fault };
    } finally {
      this.#busy.delete(key);
      this.dispatchEvent(new Event("change"));
    }
  }

  #cross(key) {
    this.#entries.delete(key);
    store.write(key, null);
  }
}

// Photos first, each written down once it has arrived; then the report with their ids. A photo that
// is no photo, or that has waited so long that the server has removed it, does not hold up the report.
async function deliver(entry, write) {
  for (const photo of [...entry.photos]) {
    if (photo.id) continue;
    try {
      photo.id = await upload(unpacked(photo.data), () => {});
      delete photo.data;
    } catch (fault) {
      if (mayRepeat(fault)) throw fault;
      leaveOut(entry, [photo]);
    }
    write();
  }
  const body = { ...entry.report, sent_at: new Date().toISOString() };
  if (entry.photos.length) body.photos = entry.photos.map(({ id }) => id);
  try {
    return (await ask(page.reports, { body })).said;
  } catch (fault) {
    const refused = refusedPhotos(fault, entry.photos);
    if (!refused.length) throw fault;
    leaveOut(entry, refused);
    write();
    return deliver(entry, write);
  }
}

function leaveOut(entry, photos) {
  entry.photos = entry.photos.filter((photo) => !photos.includes(photo));
  entry.lost = (entry.lost ?? 0) + photos.length;
}

// The photos that a refusal names, when it is about nothing else.
function refusedPhotos({ errors = [] }, photos) {
  const places = errors.map(({ field }) => /^photos\[(\d+)\]$/.exec(field)?.[1]);
  return places.every(Boolean) ? places.map((place) => photos[place]).filter(Boolean) : [];
}

// Text that local storage can hold, and back.
async function packed(photo) {
  if (photo.id) return { id: photo.id };
  const data = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(photo.blob);
  });
  return { id: null, data };
}

function unpacked(data) {
  const [head, body] = data.split(",");
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: /data:([^;]*)/.exec(head)[1] });
}
