// Step "what": favourites in one tap, any class in two (major, class), or by search.

import { byId, el, say } from "./page.js";

export class Classes {
  #catalogue = null;
  #chosen;

  // `chosen(code)` is called with the class that was tapped.
  constructor(chosen) {
    this.#chosen = chosen;
    byId("search").addEventListener("input", ({ target }) => this.#search(target.value));
  }

  show(catalogue) {
    this.#catalogue = catalogue;
    byId("favourites").replaceChildren(
      ...catalogue.favourites.map(({ code, label }) => el("li", {}, this.#button(code, label))),
    );
    this.#majors();
  }

  failed(again) {
    const retry = el("button", { type: "button" }, say("try_again"));
    retry.addEventListener("click", again);
    byId("classes").replaceChildren(el("p", { class: "notice error" }, say("catalogue_failed")), retry);
  }

  clear() {
    byId("search").value = "";
    if (this.#catalogue) this.#majors();
  }

  #button(code, label) {
    const button = el("button", { type: "button", "data-class": code }, label);
    button.addEventListener("click", () => this.#chosen(code));
    return button;
  }

  #rows(items) {
    return el("ul", { class: "rows" }, ...items.map((item) => el("li", {}, item)));
  }

  #majors() {
    const buttons = this.#catalogue.majors.map(({ code, name }) => {
      const button = el("button", { type: "button", "data-major": code, class: "opens" }, name);
      button.addEventListener("click", () => this.#open(code));
      return button;
    });
    byId("classes").replaceChildren(this.#rows(buttons));
  }

  #open(major) {
    const back = el("button", { type: "button", class: "quiet back" }, `‹ ${say("back_to_majors")}`);
    back.addEventListener("click", () => this.#majors());
    const classes = this.#catalogue.of(major).map(({ code, name }) => this.#button(code, name));
    const { name } = this.#catalogue.majors.find(({ code }) => code === major);
    const heading = el("h2", { tabindex: "-1" }, name);
    byId("classes").replaceChildren(back, heading, this.#rows(classes));
    back.scrollIntoView({ block: "start" });
    heading.focus({ preventScroll: true });
  }

  #search(text) {
    if (!this.#catalogue) return;
    byId("favourites").hidden = Boolean(text.trim());
    if (!text.trim()) {
      this.#majors();
      return;
    }
    const found = this.#catalogue.search(text).map(({ code, name }) => this.#button(code, name));
    byId("classes").replaceChildren(
      found.length ? this.#rows(found) : el("p", { class: "empty" }, say("nothing_found")),
    );
  }
}
