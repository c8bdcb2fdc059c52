// The place card: where this is, whose it is, and why; and whose it would be for a class.

import { el, number, page, say } from "./page.js";
import { copyable, facts, lines } from "./parts.js";
import { cellWords } from "./casecard.js";
import { dayWords } from "./moments.js";
import { sparkline } from "./sparkline.js";

// `found` is the answer of /locate, `cell` that of /cells (or null), `months` the cell's last months
// (or null); `actions.ask(class)` asks again
// for a class, `actions.filter(values)` narrows the whole page.
export function placeCard(found, cell, months, actions) {
  const { stored, plane } = found.location;
  const degrees = `${stored.lon.toFixed(6)}, ${stored.lat.toFixed(6)}`;
  const metres = `${plane.x_m.toFixed(2)}, ${plane.y_m.toFixed(2)}`;
  const { street } = found;
  return el(
    "article",
    { class: "place-card" },
    el("h2", {}, found.nearest_place?.words ?? street?.name ?? say("this_place")),
    cell?.valid_to ? ended(cell, found) : null,
    facts([
      [say("degrees"), lines(copyable(degrees, say("degrees")), say("degrees_frame"))],
      [say("plane"), lines(copyable(metres, say("plane")), say("plane_frame", { epsg: plane.epsg }))],
      [say("cell"), cellWords(found.cell)],
      [say("territorial"), lines(found.cell.unit?.name, ground(found.cell))],
      [say("street"), street && lines(street.name, say("from_axis", { metres: Math.round(street.distance_m) }))],
    ]),
    cell?.counts ? counts(cell, actions) : null,
    months ? lastMonths(months) : null,
    owner(found, actions),
    el("h3", {}, say("around")),
    facts([
      ...Object.entries(page.zone_kinds).map(([kind, name]) => [name, zonesOf(kind, found.zones)]),
      [say("areas"), found.areas.length ? lines(...found.areas.map(({ name }) => name)) : null],
      [say("schools"), found.schools.length ? lines(...found.schools.map(school)) : null],
    ]),
  );
}

// The zone of one dimension here, with its unit; a dimension without one says so.
function zonesOf(kind, zones) {
  const here = zones.filter((zone) => zone.kind === kind);
  if (!here.length) return el("span", { class: "nobody" }, say("no_zone"));
  return lines(...here.flatMap((zone) => [zone.unit?.name ?? say("no_unit"), zone.name]));
}

// The cell is no more: what is shown is its last state, and what lies here now.
function ended({ code, valid_to: day, valid_from: since }, found) {
  const days = { code, since: dayWords(since), day: dayWords(day) };
  const now = found.cell.match === "none" ? say("ended_nothing_now") : say("ended_now", { code: found.cell.code });
  return el("p", { class: "notice", role: "status" }, "▲ ", say("cell_ended", days), " ", now);
}

function lastMonths({ months }) {
  return el("figure", { class: "months" }, el("figcaption", {}, say("last_months")), sparkline(months));
}

const school = ({ name, distance_m: metres }) => say("school_near", { name, metres: Math.round(metres) });

// Why this unit is the territorial one: the cell's code says whose ground it is.
function ground({ code, match }) {
  return match === "none" ? say("why_jurisdiction") : say("why_community", { code: code.slice(0, 12) });
}

function counts({ code, counts: { open, overdue } }, { filter }) {
  const button = el("button", { type: "button", class: "quiet small" }, say("only_cell"));
  button.addEventListener("click", () => filter({ cell: code }));
  const words = say("cell_counts", { open: number(open), overdue: number(overdue) });
  return el("p", { class: "counts" }, words, " ", button);
}

// Who answers here for a class of matters, with the rules that were tried.
function owner(found, actions) {
  const id = "owner-class";
  const groups = page.classes.map(({ label, classes }) =>
    el("optgroup", { label }, ...classes.map(([code, name]) => el("option", { value: code }, name))),
  );
  const choice = el("select", { id }, el("option", { value: "" }, say("choose_class")), ...groups);
  const answer = el("div", { class: "owner", "aria-live": "polite" });
  choice.addEventListener("change", async () => {
    answer.replaceChildren();
    if (!choice.value) return;
    try {
      answer.replaceChildren(...ownerWords(await actions.ask(choice.value)));
    } catch (fault) {
      answer.replaceChildren(el("p", { class: "notice error" }, fault.message));
    }
  });
  const label = el("label", { for: id }, say("who_answers"));
  return el("section", {}, el("h3", {}, say("owner")), label, choice, answer);
}

function ownerWords({ suggested_unit: unit, reason, trace }) {
  const steps = trace.map(({ rule, outcome, unit: code }) =>
    el("li", { class: outcome }, page.rules[rule] ?? rule, ": ", say(`outcome_${outcome}`), code ? ` (${code})` : ""),
  );
  return [
    el("p", {}, el("b", {}, unit.name)),
    el("p", {}, say("because", { reason })),
    el("details", {}, el("summary", {}, say("rules_tried")), el("ol", {}, ...steps)),
  ];
}
