// The citizen's page put together out of the parts of the phone page: classes, place, form, photos,
// sending.

import { Catalogue } from "../patrol/catalogue.js";
import { Classes } from "../patrol/classes.js";
import { Form } from "../patrol/form.js";
import { Outbox } from "../patrol/outbox.js";
import { byId, el, say, sign } from "../patrol/page.js";
import { Photos } from "../patrol/photos.js";
import { Pin } from "../patrol/pin.js";
import { showState } from "../patrol/place.js";
import { Position } from "../patrol/position.js";
import { Steps } from "../patrol/steps.js";
import { keep, showKeptReports } from "./follow.js";
import { showKept, showReceipt } from "./receipt.js";

const position = new Position();
const outbox = new Outbox();
const photos = new Photos();
const form = new Form(photos, position, () => {});
let answered = false;
let asked = false;
let sending = false;
let catalogue = null;
const ALLOWED = {
  what: () => true,
  place: () => form.code !== null,
  report: () => form.code !== null,
  done: () => answered,
};
const steps = new Steps((step) => ALLOWED[step]());
const classes = new Classes((code) => {
  form.choose(code);
  steps.go("report");
});
const pin = new Pin(position, () => steps.go("report"));

steps.addEventListener("step", ({ detail: { step, from } }) => {
  if (step === "place") pin.open();
  // The browser's question about the position comes when it is plain what it is for.
  if (step === "report" && !asked && !position.known) {
    asked = true;
    position.start();
  }
  if (step === "what" && from === "done") {
    position.follow();
    classes.clear();
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

async function send() {
  if (sending) return; // a second tap of the same finger
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
  button.textContent = say(photos.isSending ? "sending_photos" : "sending");
  form.fault([]);
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
    if (result.refused.errors.some(({ field }) => field === "observed_at")) form.beginAnew();
    form.fault(result.refused.sentences.map((reason) => say("refused", { reason })));
    return;
  }
  if (result.receipt) {
    keep(result.receipt, name);
    showReceipt(result.receipt, name);
  } else showKept(name, result);
  tellLost(result.lost);
  answered = true;
  form.clear();
  steps.replace("done");
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
  if (receipt) keep(receipt, name);
  const text = receipt
    ? say("sent_later", { name, number: receipt.number })
    : say("refused_later", { name, reason: refused.sentences.join(" ") });
  byId("news").append(el("p", { class: `notice${receipt ? "" : " error"}` }, sign(receipt ? "ok" : "late", text)));
});

byId("outbox-now").addEventListener("click", () => outbox.flush());
byId("where-again").addEventListener("click", () => position.again());
byId("send").addEventListener("click", send);
position.addEventListener("change", () => {
  showState(position);
  form.keep();
});

steps.start();
showState(position);
showOutbox();
showKeptReports();
loadClasses().then(() => outbox.start());
