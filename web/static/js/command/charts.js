// The figures and charts around the map: started together, and told together what has happened.

import { Bars } from "./bars.js";
import { Compared } from "./compared.js";
import { startRotation } from "./rotation.js";
import { fullScreen } from "./screen.js";
import { Trend } from "./trend.js";
import { Worst } from "./worst.js";

export function startCharts(state, picture) {
  const panels = [
    new Worst(state),
    new Compared(state),
    ...[...document.querySelectorAll(".rows[data-by]")].map((list) => new Bars(state, list)),
    new Trend(state),
  ];
  picture.addEventListener("changed", () => panels.forEach((panel) => panel.soon()));
  // All anew, because the stream had been lost or too much has happened.
  picture.addEventListener("rows", () => panels.forEach((panel) => panel.soon()));
  fullScreen();
  startRotation(state);
}
