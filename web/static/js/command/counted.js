// A panel that shows numbers of the filter: asked for when the filter changes, and after events,
// but not more often than every few seconds, never for a hidden page, never under a pointer.

import { ask } from "./api.js";
import { later } from "./turns.js";

const LIVE_MS = 4000; // between two questions while events stream in
const FIRST_MS = 400; // events come in bursts

export class Counted {
  #running = false;
  #again = false; // something has changed while an answer was on its way
  #timer = null;
  #asked = 0;
  #held = null;
  #after = null;
  #turn = 0; // how often the reader has changed something

  // `address()` says what to ask; `show(document)` shows the answer.
  constructor(root, { address, show }) {
    this.root = root;
    this.address = address;
    this.show = show;
    root.addEventListener("pointerleave", () => this.#release());
    document.addEventListener("visibilitychange", () => !document.hidden && this.soon());
  }

  // The reader has changed something: at once, after what is looked at first.
  async now() {
    this.#held = null;
    this.root.setAttribute("aria-busy", "true");
    const turn = ++this.#turn;
    await later();
    if (turn === this.#turn) this.#fetch(false);
  }

  // Something has happened in the city: in a moment. `after` is the event that told of it; all
  // screens that know of the same one share an answer.
  soon(after = null) {
    this.#after = after;
    const wait = Math.max(FIRST_MS, this.#asked + LIVE_MS - Date.now());
    this.#timer ??= setTimeout(() => !document.hidden && this.#fetch(true), wait);
  }

  // One question at a time: what was asked for meanwhile is asked when the answer is here, once.
  async #fetch(live) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked = Date.now();
    if (this.#running) {
      this.#again ||= !live;
      return;
    }
    this.#running = true;
    const after = live ? this.#after : null;
    try {
      const found = await ask(after ? `${this.address()}&after=${encodeURIComponent(after)}` : this.address());
      if (this.#again) return;
      if (live && this.root.matches(":hover")) this.#held = found;
      else this.#put(found);
    } catch {
      // The sentence about it stands above the page already: the same server answers the list.
      this.root.removeAttribute("aria-busy");
    } finally {
      this.#running = false;
      if (this.#again) {
        this.#again = false;
        this.#fetch(false);
      }
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
