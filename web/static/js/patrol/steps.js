// Which step is shown: the part of the address behind #, so that Back works and nothing is lost.

const FIRST = "what";
const sections = new Map(
  [...document.querySelectorAll("[data-step]")].map((section) => [section.dataset.step, section]),
);

export class Steps extends EventTarget {
  current = null;

  // `allowed(step)` says whether a step can be shown now; else the first one is.
  constructor(allowed) {
    super();
    this.allowed = allowed;
    addEventListener("hashchange", () => this.#show());
  }

  start() {
    this.#show();
  }

  go(step) {
    if (step === this.current) return;
    if (location.hash === `#${step}`) this.#show(); // it was not allowed until now
    else location.hash = step;
  }

  // Goes on without leaving a way back: nobody shall send a report twice by the Back key.
  replace(step) {
    history.replaceState(null, "", `#${step}`);
    this.#show();
  }

  #show() {
    const wanted = location.hash.slice(1);
    const step = sections.has(wanted) && this.allowed(wanted) ? wanted : FIRST;
    const from = this.current;
    this.current = step;
    document.body.dataset.now = step;
    for (const [name, section] of sections) section.hidden = name !== step;
    for (const part of document.querySelectorAll("[data-without]")) {
      part.hidden = part.dataset.without.split(" ").includes(step);
    }
    if (from !== null && from !== step) {
      scrollTo(0, 0);
      sections.get(step).querySelector("[tabindex='-1']")?.focus({ preventScroll: true });
    }
    this.dispatchEvent(new CustomEvent("step", { detail: { step, from } }));
  }
}
