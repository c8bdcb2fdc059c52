// The trend by keyboard: left and right go from bar to bar, with Shift they stretch, Enter takes the
// stretch as the time of the filter, Escape gives it up.

const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };

// `words(first, last)` says a stretch; `show([first, last])` draws it, or with null none.
export class TrendKeys {
  #root;
  #act;
  #count = 0;
  #held = null; // where the stretch was begun
  #at = null;

  constructor(root, act) {
    this.#root = root;
    this.#act = act;
    root.addEventListener("keydown", (event) => this.#pressed(event));
    root.addEventListener("blur", () => this.#leave());
  }

  // So many bars, from now on.
  fresh(count) {
    this.#count = count;
    this.#held = this.#at = null;
    this.#tell(0, count - 1);
  }

  #pressed(event) {
    const { key, shiftKey } = event;
    if (!this.#count || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key in STEPS) this.#go(STEPS[key], shiftKey);
    else if (this.#at === null) return;
    else if (key === "Enter") this.#act.choose(...this.#stretch);
    else if (key === "Escape") this.#leave();
    else return;
    event.preventDefault();
  }

  get #stretch() {
    return [Math.min(this.#held, this.#at), Math.max(this.#held, this.#at)];
  }

  #go(step, stretches) {
    const from = this.#at ?? this.#count;
    this.#at = Math.min(Math.max(from + step, 0), this.#count - 1);
    if (!stretches || this.#held === null) this.#held = this.#at;
    this.#act.show(this.#stretch);
    this.#tell(...this.#stretch);
  }

  #leave() {
    if (this.#at === null) return;
    this.#held = this.#at = null;
    this.#act.show(null);
    this.#tell(0, this.#count - 1);
  }

  #tell(first, last) {
    this.#root.setAttribute("aria-valuemax", this.#count - 1);
    this.#root.setAttribute("aria-valuenow", this.#at ?? last);
    this.#root.setAttribute("aria-valuetext", this.#act.words(first, last));
  }
}
