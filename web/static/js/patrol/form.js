// Step "report": the class that was chosen, its questions, photos, text; and what to send of it.

import { clearDraft, saveDraft, savedDraft, uuid } from "./draft.js";
import { byId, el, page, say } from "./page.js";

export class Form {
  code = null;
  answers = {};
  #catalogue = null;
  #photos;
  #position;
  #begun = null;
  #changed;

  // `changed()` is called when class or answers are others.
  constructor(photos, position, changed) {
    this.#photos = photos;
    this.#position = position;
    this.#changed = changed;
    this.#sources();
    byId("description").addEventListener("input", () => this.keep());
    photos.addEventListener("change", () => this.keep());
    photos.addEventListener("fault", ({ detail }) => this.fault([detail]));
  }

  // The catalogue is there: takes up what was typed before, if there is something.
  ready(catalogue) {
    this.#catalogue = catalogue;
    const draft = savedDraft();
    if (!draft || !catalogue.classes.has(draft.code)) return;
    this.#show(draft.code, draft.answers, draft.begun);
    byId("description").value = draft.description;
    this.#photos.restore(draft.photos);
    if (draft.pin) this.#position.pin(draft.pin.lon, draft.pin.lat);
  }

  choose(code) {
    this.#show(code, code === this.code ? this.answers : {}, this.#begun ?? new Date().toISOString());
    this.#position.hold();
    this.keep();
  }

  keep() {
    if (!this.code) return;
    const { state, fix } = this.#position;
    saveDraft({
      code: this.code,
      answers: this.answers,
      begun: this.#begun,
      description: byId("description").value,
      photos: this.#photos.ids,
      pin: state === "pin" ? { lon: fix.lon, lat: fix.lat } : null,
    });
  }

  clear() {
    this.code = null;
    this.answers = {};
    this.#begun = null;
    byId("description").value = "";
    this.#photos.clear();
    this.fault([]);
    clearDraft();
  }

  // The phone's clock was refused and has been set: the report begins anew.
  beginAnew() {
    this.#begun = new Date().toISOString();
    this.keep();
  }

  fault(sentences) {
    const box = byId("form-fault");
    box.hidden = sentences.length === 0;
    box.replaceChildren(...sentences.map((sentence) => el("p", {}, `■ ${sentence}`)));
  }

  // What still has to be said, with the element to go to; null when all is there.
  get missing() {
    if (!this.code) return { sentence: say("need_class"), at: byId("what-title") };
    for (const { key, text, required } of this.#catalogue.questionsOf(this.code)) {
      if (required && !(key in this.answers)) {
        const at = document.querySelector(`#questions [name="${key}"]`);
        return { sentence: say("need_answer", { question: text }), at };
      }
    }
    if (!this.#position.known) return { sentence: say("need_place"), at: byId("where-map") };
    return null;
  }

  // The report as the API takes it; without photos, the outbox adds them.
  report() {
    const report = {
      id: uuid(),
      class_code: this.code,
      description: byId("description").value.trim(),
      location: this.#position.location,
      observed_at: this.#begun,
      source: byId("source").value,
    };
    if (Object.keys(this.answers).length) report.answers = { ...this.answers };
    return report;
  }

  #show(code, answers, begun) {
    this.code = code;
    this.answers = { ...answers };
    this.#begun = begun;
    byId("report-title").textContent = this.#catalogue.name(code);
    this.fault([]);
    this.#questions();
    this.#changed();
  }

  #questions() {
    const questions = this.#catalogue.questionsOf(this.code);
    byId("questions").replaceChildren(...questions.map((question) => this.#question(question)));
  }

  #question({ key, text }) {
    const choice = (yes) => {
      const radio = el("input", { type: "radio", name: key, value: yes ? "yes" : "no" });
      radio.checked = this.answers[key] === yes;
      radio.addEventListener("change", () => {
        this.answers[key] = yes;
        this.fault([]);
        this.keep();
        this.#changed();
      });
      return el("label", { class: "choice" }, radio, el("span", {}, say(yes ? "yes" : "no")));
    };
    return el("fieldset", { class: "question" }, el("legend", {}, text), choice(true), choice(false));
  }

  #sources() {
    byId("source").append(
      ...page.sources.map(({ code, name }) => el("option", { value: code }, name)),
    );
    byId("source-field").hidden = page.sources.length < 2;
  }
}
