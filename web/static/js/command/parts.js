// Small parts of cards: rows of a description list, text that can be copied, photos that open large.

import { el, one, say } from "./page.js";

// [[label, value], …] as a description list; rows without a value are left out.
export function facts(rows) {
  const pairs = rows
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .flatMap(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]);
  return el("dl", {}, ...pairs);
}

export function lines(...texts) {
  const shown = texts.filter(Boolean).map((text) => el("span", { class: "line" }, text));
  return el("span", { class: "lines" }, ...shown);
}

// A text with a button that copies it, also on a page without HTTPS.
export function copyable(text, what) {
  const button = el(
    "button",
    { type: "button", class: "quiet small", "aria-label": say("copy_what", { what }) },
    say("copy"),
  );
  button.addEventListener("click", async () => {
    await copy(text);
    button.textContent = say("copied");
    setTimeout(() => (button.textContent = say("copy")), 1500);
  });
  return el("span", { class: "copyable" }, el("span", { class: "code" }, text), button);
}

async function copy(text) {
  if (navigator.clipboard) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch {
      // Not allowed here; the old way may be.
    }
  }
  const area = el("textarea", { class: "only-read", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

// Thumbnails that open large with one click and close with Escape.
export function photoRow(photos) {
  if (!photos.length) return null;
  const row = photos.map((photo, index) => {
    const label = say("photo_of", { n: index + 1, stage: say(`stage_${photo.stage}`) });
    const picture = el("img", {
      src: `/api/v1/photos/${photo.id}?size=thumbnail`,
      alt: label,
      loading: "lazy",
    });
    const button = el("button", { type: "button", class: "photo" }, picture);
    button.addEventListener("click", () => enlarge(photo, label));
    return button;
  });
  return el("div", { class: "photos" }, ...row);
}

function enlarge(photo, label) {
  const dialog = one("#photo");
  const picture = el("img", { src: `/api/v1/photos/${photo.id}?size=medium`, alt: label });
  one("#photo-place").replaceChildren(picture);
  dialog.showModal();
}
