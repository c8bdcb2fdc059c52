// Left alone and asked to (the button, or `?rotate=60`), the page goes from view to view; any input
// pauses it.

import { one, page, say } from "./page.js";

const USUAL_S = 60;
const SHORTEST_S = 10;
const LONGEST_S = 3600;
const PAUSE = 3; // so many times the interval without input, and it goes on
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
const CRITERIA = ["overdue", "open", "rising"];

export function startRotation(state) {
  const button = one("#rotate");
  let rotation = null;
  const turn = (seconds) => {
    rotation?.end();
    rotation = seconds ? new Rotation(state, seconds) : null;
    button.setAttribute("aria-pressed", String(Boolean(rotation)));
  };
  turn(asked());
  button.addEventListener("click", () => {
    state.keep("rotate", rotation ? null : String(USUAL_S));
    turn(asked());
  });
}

// The seconds that the address says, within bounds; null when it asks for none.
function asked() {
  const seconds = Number.parseInt(page.keep.rotate ?? "", 10);
  if (!Number.isFinite(seconds) || seconds <= 0) return null;
  return Math.min(Math.max(seconds, SHORTEST_S), LONGEST_S);
}

class Rotation {
  #state;
  #seconds;
  #sign = one("#rotation");
  #views = viewsOf();
  #at = 0;
  #touched = -Infinity;
  #next;
  #timer;
  #ended = new AbortController();

  constructor(state, seconds) {
    this.#state = state;
    this.#seconds = seconds;
    this.#next = performance.now() + seconds * 1000;
    this.#timer = setInterval(() => this.#look(), 500);
    // Not the input that has started it.
    setTimeout(() => this.#listen());
    this.#tell(false);
  }

  end() {
    clearInterval(this.#timer);
    this.#ended.abort();
    this.#sign.textContent = "";
    for (const name of ["title", "aria-label", "data-state"]) this.#sign.removeAttribute(name);
  }

  #listen() {
    const { signal } = this.#ended;
    const pause = () => {
      this.#touched = performance.now();
      this.#tell(true);
    };
    for (const input of INPUTS) addEventListener(input, pause, { passive: true, capture: true, signal });
  }

  #look() {
    const time = performance.now();
    const { state: shown } = this.#sign.dataset;
    if (time - this.#touched < this.#seconds * PAUSE * 1000) return;
    if (shown === "paused") {
      this.#tell(false);
      this.#next = time;
    }
    if (time < this.#next || document.hidden) return;
    this.#next = time + this.#seconds * 1000;
    this.#at = (this.#at + 1) % this.#views.length;
    // The filter stays; only what is shown of it changes, and Back does not walk through it.
    this.#state.change({ ...this.#views[this.#at], case: null, at: null }, { replace: true });
  }

  #tell(paused) {
    const n = this.#seconds;
    const words = paused ? say("rotation_paused", { n: n * PAUSE }) : say("rotating", { n });
    this.#sign.textContent = paused ? "❚❚" : "⟳";
    this.#sign.title = words;
    this.#sign.setAttribute("aria-label", words);
    this.#sign.dataset.state = paused ? "paused" : "on";
  }
}

// Each way of counting that this viewer has, with the next criterion each time.
function viewsOf() {
  const ways = [...document.querySelectorAll('input[name="by"]')].map((radio) => radio.value);
  const by = ways.length ? ways : ["cell"];
  return CRITERIA.flatMap((worst) => by.map((each) => ({ by: each, worst })));
}
