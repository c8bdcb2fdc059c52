// Left alone and asked to (`?rotate=60`), the page goes from view to view; any input pauses it.

import { one, page, say } from "./page.js";

const SHORTEST_S = 10;
const LONGEST_S = 3600;
const PAUSE = 3; // so many times the interval without input, and it goes on
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
const CRITERIA = ["overdue", "open", "rising"];

export function startRotation(state) {
  const asked = Number.parseInt(page.keep.rotate ?? "", 10);
  if (!Number.isFinite(asked) || asked <= 0) return;
  const seconds = Math.min(Math.max(asked, SHORTEST_S), LONGEST_S);
  const sign = one("#rotation");
  const views = viewsOf();
  let at = 0;
  let touched = -Infinity;
  let next = performance.now() + seconds * 1000;

  const told = (paused) => {
    const words = paused ? say("rotation_paused", { n: seconds * PAUSE }) : say("rotating", { n: seconds });
    sign.textContent = paused ? "❚❚" : "⟳";
    sign.title = words;
    sign.setAttribute("aria-label", words);
    sign.dataset.state = paused ? "paused" : "on";
  };
  for (const input of INPUTS) {
    addEventListener(input, () => ((touched = performance.now()), told(true)), { passive: true, capture: true });
  }
  setInterval(() => {
    const time = performance.now();
    if (time - touched < seconds * PAUSE * 1000) return;
    if (sign.dataset.state === "paused") {
      told(false);
      next = time;
    }
    if (time < next || document.hidden) return;
    next = time + seconds * 1000;
    at = (at + 1) % views.length;
    // The filter stays; only what is shown of it changes, and Back does not walk through it.
    state.change({ ...views[at], case: null, at: null }, { replace: true });
  }, 500);
  told(false);
}

// Each way of counting that this viewer has, with the next criterion each time.
function viewsOf() {
  const ways = [...document.querySelectorAll('input[name="by"]')].map((radio) => radio.value);
  const by = ways.length ? ways : ["cell"];
  return CRITERIA.flatMap((worst) => by.map((each) => ({ by: each, worst })));
}
