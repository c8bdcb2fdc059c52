// The export menu: the filter as a file. It says how many cases, that it waits, and what went wrong.

import { number, one, page, say } from "./page.js";

export class Exports {
  #state;
  #menu = one("#export");
  #count = null;

  constructor(state, picture) {
    if (!this.#menu) return; // not for this reader
    this.#state = state;
    picture.addEventListener("figures", ({ detail }) => {
      this.#count = meant(detail, state.now);
      this.#show();
    });
    state.addEventListener("change", ({ detail }) => {
      if (detail.filter) this.#count = null;
      this.#show();
    });
    this.#listen();
    this.#show();
  }

  #listen() {
    const menu = this.#menu;
    for (const link of menu.querySelectorAll("a[data-export]")) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.#make(() => fetched(link.href));
      });
    }
    one("#export-picture").addEventListener("click", () => this.#make(() => this.#picture()));
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      one("summary", menu).focus();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (!menu.contains(target)) menu.open = false;
    });
    menu.addEventListener("toggle", () => menu.open || this.#say(""));
  }

  #show() {
    const { cases, many, most } = this.#menu.dataset;
    const tooMany = this.#count !== null && this.#count > Number(most);
    const words = tooMany ? many.replace("{n}", number(most)) : cases.replace("{n}", shown(this.#count));
    one("#export-cases").textContent = words;
    for (const link of this.#menu.querySelectorAll("a[data-export]")) {
      const query = this.#state.query();
      if (link.dataset.export === "map.html") query.set("by", this.#state.now.by);
      link.href = `/api/v1/exports/${link.dataset.export}?${query}`;
    }
  }

  #say(words, bad = false) {
    one("#export-state").textContent = words;
    one("#export-state").classList.toggle("bad", bad);
  }

  async #make(work) {
    const { waits, done } = this.#menu.dataset;
    this.#say(waits);
    this.#menu.setAttribute("aria-busy", "true");
    try {
      const { name, blob } = await work();
      save(name, blob);
      this.#say(done.replace("{name}", name));
    } catch (fault) {
      this.#say(`■ ${fault.message || say("no_answer")}`, true);
    } finally {
      this.#menu.removeAttribute("aria-busy");
    }
  }

  // Drawn by the page itself; the code for it is loaded when it is wanted.
  async #picture() {
    const { pictureOf } = await import("./mapimage.js");
    const moment = new Date();
    const lines = [document.title, one("#export-cases").textContent, location.search.slice(1)];
    if (one(".badge")) lines.push(one(".badge").textContent);
    lines.push(`${moment.toLocaleString(document.documentElement.lang, { timeZone: page.zone })} (${page.zone})`);
    const blob = await pictureOf(window.wanmi.leaflet.getContainer(), lines.filter(Boolean));
    return { name: `wanmi-map-${stamp(moment)}.png`, blob };
  }
}

const shown = (count) => (count === null ? "…" : number(count));

// How many cases the whole filter means; the figures leave state and lateness out.
function meant(figures, { status, overdue }) {
  if (overdue === "true") return figures.overdue;
  const all = status === "any" ? figures.all : (figures[status] ?? figures.states[status] ?? 0);
  if (overdue !== "false") return all;
  return status === "open" || status === "any" ? all - figures.overdue : null;
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => {
    throw new Error(say("no_network"));
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail || say("no_answer"));
  }
  const said = answer.headers.get("Content-Disposition") || "";
  return { name: /filename=([^;]+)/.exec(said)?.[1] ?? "wanmi", blob: await answer.blob() };
}

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// 20261123-093000, in the city's zone.
function stamp(moment) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: page.zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).formatToParts(moment);
  const part = (type) => parts.find((each) => each.type === type).value;
  return `${part("year")}${part("month")}${part("day")}-${part("hour")}${part("minute")}${part("second")}`;
}
