// The case card: what, where, who, by when, what happened so far. All text is put in as text.

import { shortMoment, timeLeft, wholeMoment } from "./moments.js";
import { el, page, say, sign } from "./page.js";
import { copyable, facts, lines, photoRow } from "./parts.js";

export function caseCard(found, history, photos) {
  const { cell, street, location } = found;
  const place = `${location.stored.lon.toFixed(6)}, ${location.stored.lat.toFixed(6)}`;
  return el(
    "article",
    { class: "case-card" },
    el("h2", {}, found.class.name, found.priority > 0 ? el("span", { class: "urgent" }, say("urgent")) : null),
    el("p", { class: "states" }, el("span", { class: "status" }, found.status_label), " ", timeSign(found, history)),
    found.description ? el("p", { class: "said" }, found.description) : null,
    photoRow(photos),
    ...found.flags.map((flag) => el("p", { class: "flag" }, `▲ ${flag.text}`)),
    facts([
      [say("street"), street && lines(street.name, say("from_axis", { metres: Math.round(street.distance_m) }))],
      [say("cell"), cellWords(cell)],
      [say("territorial"), cell.unit?.name],
      [say("suggested"), found.suggested_unit?.name],
      [say("dispatched_to"), found.unit?.name],
      [say("source"), page.sources[found.source] ?? found.source],
      [say("received"), wholeMoment(Date.parse(found.received_at))],
      [say("number"), copyable(found.number, say("number"))],
      [say("case_number"), found.case_number && copyable(found.case_number, say("case_number"))],
      [say("coordinates"), copyable(place, say("coordinates"))],
    ]),
    chain(history.journal),
  );
}

// How the case stands against the clock that runs: shape, colour, words, the exact time on hover.
function timeSign(found, { clocks }) {
  if (found.status_type !== "open") return sign("done", say("done"));
  const running = clocks.find((clock) => clock.phase === "running");
  const due = found.stage_due_at && Date.parse(found.stage_due_at);
  if (!due) return null;
  const kind = found.overdue ? "late" : running?.light === "yellow" ? "soon" : "ok";
  const words = el("span", { title: say("due_at", { time: wholeMoment(due) }) }, timeLeft(due));
  return sign(kind, words);
}

export function cellWords({ code, match, distance_m: metres }) {
  if (match === "none") return say("outside_grid");
  if (match === "nearest") return lines(code, say("nearest_cell", { metres: Math.round(metres) }));
  return code;
}

// What happened, newest last: the chain as far as the case has come.
function chain(journal) {
  const steps = journal.map((entry) => {
    const at = Date.parse(entry.at);
    return el(
      "li",
      {},
      el("b", {}, entry.to_label),
      " ",
      el("time", { datetime: entry.at, title: wholeMoment(at) }, shortMoment(at)),
      el("span", { class: "by" }, [entry.role, entry.unit?.name].filter(Boolean).join(" → ")),
      entry.given.reason ? el("span", { class: "said" }, entry.given.reason) : null,
    );
  });
  return el("section", {}, el("h3", {}, say("so_far")), el("ol", { class: "chain" }, ...steps));
}
