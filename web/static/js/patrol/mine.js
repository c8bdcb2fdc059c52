// "My last reports": what became of them.

import { ask } from "./api.js";
import { byId, clock, el, grouped, say, sign } from "./page.js";

const SHOWN = 10;
const LIGHTS = { open: "ok", closed: "ok", void: "soon" };

export async function showMine() {
  const list = byId("mine-list");
  let cases;
  try {
    cases = (await ask(`/api/v1/cases?mine=true&limit=${SHOWN}`)).said.cases;
  } catch {
    const retry = el("button", { type: "button", class: "quiet" }, say("try_again"));
    retry.addEventListener("click", showMine);
    list.replaceChildren(el("p", { class: "empty" }, say("mine_failed")), retry);
    return;
  }
  list.replaceChildren(
    cases.length
      ? el("ul", { class: "mine-rows" }, ...cases.map(card))
      : el("p", { class: "empty" }, say("mine_none")),
  );
}

function card(one) {
  const light = one.overdue ? "late" : LIGHTS[one.status_type];
  const word = one.overdue ? `${one.status_label} · ${say("overdue")}` : one.status_label;
  return el(
    "li",
    { class: "card" },
    el("p", { class: "mine-head" }, el("strong", {}, one.class.name), sign(light, word)),
    el("p", { class: "hint" }, `${one.street?.name ?? say("no_street")} · ${clock(one.received_at)}`),
    el("p", { class: "hint code" }, grouped(one.number)),
  );
}
