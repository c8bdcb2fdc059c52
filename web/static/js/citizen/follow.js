// How far is a report? By number and code; those sent from this browser are remembered here.

import { ask, Refused } from "../patrol/api.js";
import { store } from "../patrol/draft.js";
import { byId, clock, el, grouped, say, sign } from "../patrol/page.js";

const KEY = "wanmi-citizen-reports";
const MOST_KEPT = 10;
const NOT_FOUND = 404;
const LIGHTS = { open: "soon", closed: "ok", void: "late" };

byId("follow-form").addEventListener("submit", (event) => {
  event.preventDefault();
  follow(byId("follow-number").value, byId("follow-code").value);
});
byId("kept-forget").addEventListener("click", () => {
  store.write(KEY, null);
  showKeptReports();
  byId("follow-number").focus();
});

// Remembers a receipt in this browser.
export function keep({ number, code }, name) {
  const others = (store.read(KEY) ?? []).filter((one) => one.number !== number);
  store.write(KEY, [{ number, code, name }, ...others].slice(0, MOST_KEPT));
  showKeptReports();
}

export function showKeptReports() {
  const kept = store.read(KEY) ?? [];
  byId("kept").hidden = kept.length === 0;
  byId("kept-list").replaceChildren(...kept.map(row));
}

function row({ number, code, name }) {
  const button = el("button", { type: "button", class: "quiet wide" }, say("follow_this"));
  button.addEventListener("click", () => {
    byId("follow-number").value = number;
    byId("follow-code").value = code;
    follow(number, code);
  });
  return el("li", { class: "card" }, el("strong", {}, name), el("p", { class: "hint" }, grouped(number)), button);
}

async function follow(number, code) {
  const answer = byId("follow-answer");
  const plain = number.replace(/\D/g, "");
  let said;
  try {
    said = (await ask(`/api/v1/public/cases/${plain || "0"}?${new URLSearchParams({ code: code.trim() })}`)).said;
  } catch (fault) {
    answer.replaceChildren(el("p", { class: "notice error", role: "alert" }, `■ ${reason(fault)}`));
    return;
  }
  const ended = said.ended_at ?? said.moved_at;
  answer.replaceChildren(
    el(
      "div",
      { class: "card followed" },
      el("p", {}, el("strong", {}, said.class.name)),
      el("p", {}, sign(LIGHTS[said.status], said.words)),
      el("p", { class: "hint" }, say("followed_at", { time: clock(said.received_at) })),
      el("p", { class: "hint" }, say("moved_at", { time: clock(ended) })),
    ),
  );
}

function reason(fault) {
  if (!(fault instanceof Refused)) return say("follow_failed");
  return fault.status === NOT_FOUND ? say("follow_none") : fault.message;
}
