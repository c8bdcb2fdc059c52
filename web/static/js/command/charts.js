// The figures and charts around the map: started together, and told together what has happened.

import { Bars } from "./bars.js";
import { Compared } from "./compared.js";
import { startRotation } from "./rotation.js";
import { fullScreen } from "./screen.js";
import { Trend } from "./trend.js";
import { Worst } from "./worst.js";

const LATE_MS = 60000; // what is late changes with time alone

// Returns what tells all panels that numbers may have changed.
export function startCharts(state) {
  const panels = [
    new Worst(state),
    new Compared(state),
    ...[...document.querySelectorAll(".rows[data-by]")].map((list) => new Bars(state, list)),
    new Trend(state),
  ];
  const soon = (after = null) => panels.forEach((panel) => panel.soon(after));
  setInterval(() => soon(), LATE_MS);
  fullScreen();
  startRotation(state);
  return soon;
}
