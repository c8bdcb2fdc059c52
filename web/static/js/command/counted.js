// A panel that shows numbers of the filter: asked for when the filter changes, and after events,
// but not more often than every few seconds, never for a hidden page, never under a pointer.

import { isStale, latest } from "./api.js";

const LIVE_MS = 4000; // between two questions while events stream in
const FIRST_MS = 400; // events come in bursts

export class Counted {
  #ask = latest();
  #timer = null;
  #asked = 0;
  #held = null;

  // `address()` says what to ask, or null for nothing; `show(document)` shows the answer.
  constructor(root, { address, show }) {
    this.root = root;
    this.address = address;
    this.show = show;
    root.addEventListener("pointerleave", () => this.#release());
    document.addEventListener("visibilitychange", () => !document.hidden && this.soon());
  }

  // The reader has changed something: at once.
  async now() {
    this.#held = null;
    this.root.setAttribute("aria-busy", "true");
    await this.#fetch(false);
  }

  // Something has happened in the city: in a moment.
  soon() {
    const wait = Math.max(FIRST_MS, this.#asked + LIVE_MS - Date.now());
    this.#timer ??= setTimeout(() => !document.hidden && this.#fetch(true), wait);
  }

  async #fetch(live) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked = Date.now();
    const address = this.address();
    if (!address) return;
    try {
      const found = await this.#ask(address);
      if (live && this.root.matches(":hover")) this.#held = found;
      else this.#put(found);
    } catch (fault) {
      // The sentence about it stands above the page already: the same server answers the list.
      if (!isStale(fault)) this.root.removeAttribute("aria-busy");
    }
  }

  #release() {
    if (this.#held) this.#put(this.#held);
  }

  #put(found) {
    this.#held = null;
    this.root.removeAttribute("aria-busy");
    this.show(found);
  }
}

// Brings the children of `list` to what `rows` say: those that stay are kept, with the focus.
export function redraw(list, rows, make, fill) {
  list.querySelectorAll(".note").forEach((note) => note.remove());
  const known = new Map([...list.children].map((item) => [item.dataset.code, item]));
  let place = list.firstElementChild;
  for (const row of rows) {
    const item = known.get(row.code) ?? make(row);
    known.delete(row.code);
    item.dataset.code = row.code;
    fill(item, row);
    if (item === place) place = place.nextElementSibling;
    else move(list, item, place);
  }
  known.forEach((item) => item.remove());
}

function move(list, item, place) {
  const focused = item.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(item, place);
  focused?.focus({ preventScroll: true });
}
