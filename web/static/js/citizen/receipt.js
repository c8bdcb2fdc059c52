// Step "done": number and code, large, to be copied or written down.

import { byId, el, grouped, say, sign } from "../patrol/page.js";

const TOO_MANY = 429;

export function showReceipt({ number, code }, name) {
  const labels = byId("receipt").dataset;
  const copy = el("button", { type: "button", id: "copy", class: "quiet wide" }, labels.copy);
  copy.addEventListener("click", async () => {
    const done = await copied(say("copy_text", { number, code }));
    copy.textContent = say(done ? "copied" : "not_copied");
  });
  byId("receipt").replaceChildren(
    el("p", { class: "receipt-mark" }, sign("ok", labels.title)),
    el("h1", { id: "done-title", tabindex: "-1" }, name),
    el(
      "dl",
      { class: "ticket" },
      el("dt", {}, labels.number),
      el("dd", { id: "done-number" }, grouped(number)),
      el("dt", {}, labels.code),
      el("dd", { id: "done-code", class: "code" }, code),
    ),
    el("p", {}, labels.keep),
    copy,
  );
}

// Not sent yet: kept, and why.
export function showKept(name, { fault, written }) {
  const told = fault.status === TOO_MANY ? say("too_often", { reason: fault.message }) : say("kept_told");
  byId("receipt").replaceChildren(
    el("p", { class: "receipt-mark" }, sign("soon", say("kept_title"))),
    el("h1", { id: "done-title", tabindex: "-1" }, name),
    el("p", {}, written ? told : say("not_kept")),
  );
}

// Over plain http there is no clipboard; then the browser's old way, which needs a selection.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = el("textarea", { class: "only-read", "aria-hidden": "true" }, text);
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
