// Time on the map: one day or hour after another for density and cases, or two periods compared.
// List and figures keep the filter; the bar says so.

import { isStale, latest } from "./api.js";
import { dayWords, hourWords, momentOf, now } from "./moments.js";
import { el, one, page, say } from "./page.js";

const { wanmi } = window;
const FRAME_MS = 900; // between two frames of a playback
const DAY_MS = 24 * 3600 * 1000;
const FEW = 5; // fewer cases in both periods together: a difference means nothing
const LAYERS = { cell: "cells", street: "by_street", zone: "by_zone" };

export class TimeBar {
  #state;
  #map;
  #bar = one("#time-bar");
  #slider = one("#time-slider");
  #play = one("#time-play");
  #said = one("#time-said");
  #ask = latest();
  #steps = null; // the answer of /density/steps
  #classes = null;
  #timer = null;

  constructor(state, map) {
    this.#state = state;
    this.#map = map;
    if (!this.#bar) return;
    const step = one('select[name="step"]', this.#bar);
    const compare = one('select[name="compare"]', this.#bar);
    step.addEventListener("change", () => this.#choose({ step: step.value || null, moment: null, compare: null }));
    compare.addEventListener("change", () => this.#compareWith(compare.value || null));
    this.#slider.addEventListener("input", () => this.#go(Number(this.#slider.value)));
    one("#time-back").addEventListener("click", () => this.#go(this.#index - 1));
    one("#time-on").addEventListener("click", () => this.#go(this.#index + 1));
    this.#play.addEventListener("click", () => (this.#timer ? this.#pause() : this.#start()));
    state.addEventListener("change", ({ detail: { keys, filter } }) => {
      const anew = filter || keys.has("step") || keys.has("by");
      if (keys.has("compare") || (filter && state.now.compare)) this.#compare();
      if (anew) this.#load();
      else if (keys.has("moment")) this.#draw();
    });
    this.#compare();
    if (state.now.step) this.#load();
    this.#show();
  }

  #choose(values) {
    this.#pause();
    this.#state.change(values);
  }

  // A difference needs two periods, and all that was reported in them: of an old period little is
  // still open.
  #compareWith(compare) {
    this.#pause();
    const { period, from, status } = this.#state.now;
    const values = { compare, step: null, moment: null };
    if (compare && !period && !from) values.period = "30d";
    if (compare && status === page.defaults.status) values.status = "any";
    this.#state.change(values);
  }

  get #index() {
    return Number(this.#slider.value);
  }

  async #load() {
    const { step, by } = this.#state.now;
    if (!step) {
      this.#pause();
      const was = this.#steps;
      this.#steps = null;
      this.#show();
      if (was) this.#map.setSlice(null);
      return;
    }
    const query = this.#state.query();
    query.set("by", by);
    query.set("step", step);
    this.#bar.setAttribute("aria-busy", "true");
    this.#show();
    try {
      this.#steps = await this.#ask(`/api/v1/density/steps?${query}`);
      this.#classes = classesOf(this.#steps);
      this.#draw();
    } catch (fault) {
      if (isStale(fault)) return;
      this.#steps = null;
      this.#said.textContent = fault.message;
    } finally {
      this.#bar.removeAttribute("aria-busy");
    }
  }

  // Shows the frame that the address names, else the last one.
  #draw() {
    if (!this.#steps) return;
    const { starts } = this.#steps;
    const { moment, step } = this.#state.now;
    const at = starts.findIndex((start) => momentOf(Date.parse(start), step) === moment);
    this.#slider.max = String(starts.length - 1);
    this.#slider.value = String(at < 0 ? starts.length - 1 : at);
    this.#frame();
    this.#show();
  }

  #go(index) {
    if (!this.#steps) return;
    const { starts } = this.#steps;
    const at = Math.min(Math.max(index, 0), starts.length - 1);
    const moment = momentOf(Date.parse(starts[at]), this.#state.now.step);
    if (moment === this.#state.now.moment) return this.#draw();
    this.#state.change({ moment }, { replace: true });
  }

  #frame() {
    const { starts, until, counts } = this.#steps;
    const at = this.#index;
    const from = starts[at];
    const to = starts[at + 1] ?? until;
    const values = {};
    for (const [code, steps] of Object.entries(counts)) {
      const found = steps.find(([step]) => step === at);
      if (found) values[code] = found[1];
    }
    const span = this.#words(from);
    this.#slider.setAttribute("aria-valuetext", span);
    this.#map.setSlice({ from, to }, span);
    const layer = wanmi.layers[LAYERS[this.#state.now.by]];
    layer?.ready?.then(() => {
      if (this.#map.slice?.from !== from) return;
      layer.classes = { ...this.#classes };
      layer.other = null;
      layer.set({ counts: values }, true);
    });
  }

  #words(start) {
    const moment = Date.parse(start);
    return this.#state.now.step === "hour" ? hourWords(moment) : dayWords(momentOf(moment, "day"));
  }

  #start() {
    if (!this.#steps) return;
    const last = this.#steps.starts.length - 1;
    if (this.#index >= last) this.#go(0);
    this.#timer = setInterval(() => {
      if (this.#index >= last) this.#pause();
      else this.#go(this.#index + 1);
    }, FRAME_MS);
    this.#show();
  }

  #pause() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#show();
  }

  #compare() {
    const { compare, status } = this.#state.now;
    const [from, until] = this.#state.span;
    if (!compare || !from) {
      if (this.#map.compared) this.#map.setCompared(null);
      this.#show();
      return;
    }
    // The end of this minute: what has come in a moment ago counts.
    const end = until ?? Math.ceil(now() / 60000) * 60000;
    const days = Math.ceil((end - from) / DAY_MS) * DAY_MS;
    const shift = compare === "year" ? (moment) => yearBefore(moment) : (moment) => moment - days;
    const then = [shift(from), shift(end)];
    const words = (span) => `${dayWords(momentOf(span[0], "day"))} – ${dayWords(momentOf(span[1] - 1, "day"))}`;
    const told = say("difference_told", {
      now: words([from, end]),
      then: words(then),
      status: page.statuses[status],
    });
    this.#map.setCompared({
      now: iso([from, end]),
      then: iso(then),
      few: FEW,
      title: say("difference"),
      note: told,
    });
    this.#show();
  }

  #show() {
    const { step, compare } = this.#state.now;
    one('select[name="step"]', this.#bar).value = step ?? "";
    one('select[name="compare"]', this.#bar).value = compare ?? "";
    one("#time-frames").hidden = !step;
    const key = this.#timer ? "pause" : "play";
    this.#play.replaceChildren(el("span", { "aria-hidden": "true" }, this.#timer ? "❚❚" : "▶"), ` ${say(key)}`);
    this.#play.disabled = !this.#steps;
    if (step && this.#steps) {
      const span = this.#words(this.#steps.starts[this.#index]);
      this.#said.replaceChildren(el("b", {}, span), ` · ${say("only_on_map")}`);
    } else {
      this.#said.textContent = "";
    }
  }
}

const iso = ([from, to]) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

function yearBefore(moment) {
  const day = new Date(moment);
  day.setUTCFullYear(day.getUTCFullYear() - 1);
  return day.getTime();
}

// The same limits for all frames, so that colours can be compared from one to the next.
function classesOf({ counts }) {
  const values = Object.values(counts).flatMap((steps) => steps.map(([, cases]) => cases));
  const few = values.length > 20000 ? values.filter((_, i) => i % Math.ceil(values.length / 20000) === 0) : values;
  return wanmi.classify(few, "natural_breaks", 5);
}
