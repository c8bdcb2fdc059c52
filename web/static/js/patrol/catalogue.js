// The classes that may be reported, as /api/v1/catalogue gives them, and a search in them.

import { ask } from "./api.js";

const MOST_FOUND = 20;

export class Catalogue {
  constructor({ majors, classes, questions, favourites }) {
    this.majors = majors;
    this.questions = questions;
    this.classes = new Map(classes.map((one) => [one.code, one]));
    this.favourites = favourites.filter(({ code }) => this.classes.has(code));
  }

  static async load() {
    return new Catalogue((await ask("/api/v1/catalogue")).said);
  }

  name(code) {
    return this.classes.get(code)?.name ?? code;
  }

  of(major) {
    return [...this.classes.values()].filter(({ code }) => code.startsWith(major));
  }

  questionsOf(code) {
    return this.classes.get(code).questions.map((key) => ({ key, ...this.questions[key] }));
  }

  // Best first: the code begins so, the name, somebody's own word for it.
  search(text) {
    const wanted = folded(text);
    if (!wanted) return [];
    const ranked = [];
    for (const one of this.classes.values()) {
      const name = folded(one.name);
      const fits = [
        one.code.startsWith(wanted),
        name.startsWith(wanted),
        one.words.some((word) => folded(word).startsWith(wanted)),
        name.includes(wanted),
        one.words.some((word) => folded(word).includes(wanted)),
      ];
      const rank = fits.indexOf(true);
      if (rank >= 0) ranked.push([rank, one]);
    }
    return ranked.sort(([a], [b]) => a - b).slice(0, MOST_FOUND).map(([, one]) => one);
  }
}

const folded = (text) => text.normalize("NFKC").toLowerCase().trim();
