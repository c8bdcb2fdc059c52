// The focus of who works by keyboard: a control that goes away hands it on, so that it is not lost.

const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

let last = null; // {element, frames, same}: where it was, and what it was in

export function keepFocus() {
  document.addEventListener("focusin", ({ target }) => {
    last = target.matches(":focus-visible") ? noted(target) : null;
  });
  document.addEventListener("pointerdown", () => (last = null), true);
  let waiting = false;
  const look = () => {
    waiting ||= Boolean(requestAnimationFrame(() => ((waiting = false), handOn())));
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ["hidden", "disabled", "open"],
  });
}

function noted(element) {
  const frames = [];
  for (let frame = element.parentElement; frame; frame = frame.parentElement) frames.push(frame);
  return { element, frames, same: sameAgain(element) };
}

// How the row or the sign is found again when it has been made anew.
function sameAgain(element) {
  const row = element.closest("li[data-number], li[data-code]");
  if (row) {
    const [name, value] = Object.entries(row.dataset)[0];
    return `#${row.parentElement.id} [data-${name}="${CSS.escape(value)}"] ${element.localName}`;
  }
  return element.title ? `${element.localName}[title="${CSS.escape(element.title)}"]` : null;
}

const usable = (element) =>
  element.isConnected && element.checkVisibility({ visibilityProperty: true }) && !element.disabled;

function handOn() {
  const active = document.activeElement;
  if (!last || usable(last.element) || (active && ![document.body, last.element].includes(active))) return;
  const same = last.same && document.querySelector(last.same);
  const next = same && usable(same) ? same : nearest(last.frames);
  next?.focus({ preventScroll: true });
}

function nearest(frames) {
  for (const frame of frames.filter(usable)) {
    const found = [...frame.querySelectorAll(CONTROLS)].find(usable);
    if (found) return found;
  }
  return null;
}
