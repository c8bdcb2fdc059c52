// The whole screen: by its button, or by the key F where nobody types.

import { one } from "./page.js";

const TYPING = "input, select, textarea, [contenteditable]";

export function fullScreen() {
  const button = one("#full-screen");
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => turn());
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key.toLowerCase() !== "f" || !plain || event.target.closest?.(TYPING)) return;
    event.preventDefault();
    turn();
  });
}

function turn() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}
