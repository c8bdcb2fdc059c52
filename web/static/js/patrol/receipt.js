// Step "done": what became of the report, in words that can be read at arm's length.

import { byId, clock, el, grouped, say, sign } from "./page.js";
import { cellWords } from "./place.js";

export function showReceipt(receipt, name) {
  const box = byId("receipt");
  const { place, unit, due, number, limit } = box.dataset;
  const where = receipt.street?.name ?? say("no_street");
  box.replaceChildren(
    el("p", { class: "receipt-mark" }, sign("ok", box.dataset.title)),
    el("h1", { id: "done-title", tabindex: "-1" }, name),
    el(
      "dl",
      {},
      ...row(number, grouped(receipt.number)),
      ...row(place, `${where} ${cellWords(receipt)}`),
      ...row(unit, receipt.suggested_unit?.name ?? say("no_unit")),
      ...(receipt.stage_due_at ? row(due, say("due_at", { time: clock(receipt.stage_due_at) })) : []),
      ...row(limit, say("limit_forecast", { limit: receipt.expected_limit.words })),
    ),
    ...receipt.flags.map(({ text }) => el("p", {}, sign("soon", text))),
  );
}

// Not sent yet: kept, and why.
export function showKept(name, { fault, written }) {
  const told = fault.status === 401 || fault.status === 403 ? "kept_session" : "kept_told";
  byId("receipt").replaceChildren(
    el("p", { class: "receipt-mark" }, sign("soon", say("kept_title"))),
    el("h1", { id: "done-title", tabindex: "-1" }, name),
    el("p", {}, say(written ? told : "not_kept")),
    told === "kept_session"
      ? el("a", { class: "button", href: "/login?next=/patrol" }, byId("receipt").dataset.login)
      : null,
  );
}

const row = (label, value) => [el("dt", {}, label), el("dd", {}, value)];
