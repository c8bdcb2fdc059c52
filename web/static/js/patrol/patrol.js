// The phone page put together: position, classes, form, sending, receipt.

import { Catalogue } from "./catalogue.js";
import { Classes } from "./classes.js";
import { Form } from "./form.js";
import { showMine } from "./mine.js";
import { Outbox } from "./outbox.js";
import { byId, el, say, sign } from "./page.js";
import { Photos } from "./photos.js";
import { Pin } from "./pin.js";
import { Place } from "./place.js";
import { Position } from "./position.js";
import { showKept, showReceipt } from "./receipt.js";
import { Similar } from "./similar.js";
import { Steps } from "./steps.js";

const position = new Position();
const photos = new Photos();
const outbox = new Outbox();
const form = new Form(photos, position, () => place.look());
let same = false;
const similar = new Similar(() => {
  same = true;
  steps.go("same");
});
const about = () => (form.code ? { code: form.code, answers: form.answers } : {});
const place = new Place(position, about, similar);
let answered = false;
const ALLOWED = {
  what: () => true,
  place: () => true,
  report: () => form.code !== null,
  similar: () => form.code !== null && similar.any,
  same: () => form.code !== null && same,
  done: () => answered,
};
const steps = new Steps((step) => ALLOWED[step]());
const classes = new Classes((code) => {
  form.choose(code);
  steps.go("report");
});
const pin = new Pin(position, () => steps.go(form.code ? "report" : "what"));
let catalogue = null;

steps.addEventListener("step", ({ detail: { step, from } }) => {
  if (step === "place") pin.open();
  if (step === "what" && (from === "done" || from === "same")) {
    position.follow();
    classes.clear();
    showMine();
  }
});

async function loadClasses() {
  try {
    catalogue = await Catalogue.load();
  } catch {
    classes.failed(loadClasses);
    return;
  }
  classes.show(catalogue);
  form.ready(catalogue);
  if (form.code && steps.current === "what") steps.go("report");
}

let sending = false;
let clockRefused = false;

async function send() {
  if (sending) return; // a second tap of the same finger
  if (clockRefused) form.beginAnew();
  clockRefused = false;
  const missing = form.missing;
  if (missing) {
    form.fault([missing.sentence]);
    missing.at?.focus();
    return;
  }
  sending = true;
  const button = byId("send");
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  form.fault([]);
  button.textContent = say(photos.isSending ? "sending_photos" : "sending");
  try {
    const shots = await photos.settled();
    button.textContent = say("sending");
    const name = catalogue.name(form.code);
    show(await outbox.send(form.report(), shots, name), name);
  } finally {
    sending = false;
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.textContent = say("send");
  }
}

function show(result, name) {
  if (result.refused) {
    if (result.refused.errors.some(({ field }) => field === "observed_at")) clockRefused = true;
    form.fault(result.refused.sentences.map((reason) => say("refused", { reason })));
    return;
  }
  if (result.receipt) showReceipt(result.receipt, name);
  else showKept(name, result);
  tellLost(result.lost);
  answered = true;
  form.clear();
  steps.replace("done");
  showMine();
}

const tellLost = (lost) =>
  lost && byId("news").append(el("p", { class: "notice" }, sign("soon", say("photos_lost", { count: lost }))));

function showOutbox() {
  const count = outbox.waiting;
  byId("outbox").hidden = count === 0;
  byId("outbox-count").textContent = say(count === 1 ? "waiting_one" : "waiting_many", { count });
}

outbox.addEventListener("change", showOutbox);
outbox.addEventListener("later", ({ detail: { receipt, refused, lost, name } }) => {
  tellLost(lost);
  const text = receipt
    ? say("sent_later", { name, number: receipt.number })
    : say("refused_later", { name, reason: refused.sentences.join(" ") });
  byId("news").append(el("p", { class: `notice${receipt ? "" : " error"}` }, sign(receipt ? "ok" : "late", text)));
  showMine();
});

byId("outbox-now").addEventListener("click", () => outbox.flush());
byId("where-again").addEventListener("click", () => position.again());
byId("send").addEventListener("click", send);
byId("same-done").addEventListener("click", () => {
  form.clear();
  steps.replace("what");
});
position.addEventListener("change", () => form.keep());

steps.start();
place.look();
position.start();
showOutbox();
loadClasses().then(() => outbox.start());
showMine();
