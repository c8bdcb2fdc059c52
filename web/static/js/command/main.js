// The command centre: one state, one picture, and what shows them; kept up to date by events.

import { Live, showState } from "../live.js";
import { Cards } from "./cards.js";
import { Exports } from "./exports.js";
import { startCharts } from "./charts.js";
import { Figures } from "./figures.js";
import { Filters } from "./filters.js";
import { keepFocus } from "./focus.js";
import { Layers } from "./layers.js";
import { CaseList } from "./list.js";
import { CityMap } from "./map.js";
import { clockSeconds, now, setClock } from "./moments.js";
import { one, page } from "./page.js";
import { Picture } from "./picture.js";
import { State } from "./state.js";
import { TimeBar } from "./time.js";

const FIGURES_MS = 60000; // what is late changes with time alone

setClock(page.as_of);
const state = new State();
const picture = new Picture(state);
const map = new CityMap(state, picture);
const list = new CaseList(state, picture);
new Filters(state);
new Figures(state, picture);
new Exports(state, picture);
const cards = new Cards(state, map);
new Layers(state, map);
new TimeBar(state, map);

list.onPoint = (caseNumber) => map.signs.point(caseNumber);
map.signs.onPoint = (numbers) => list.point(numbers);

const fault = one("#fault");
picture.addEventListener("fault", ({ detail }) => {
  fault.hidden = false;
  one("#fault-words").textContent = detail.message;
});
for (const good of ["rows", "changed"]) {
  picture.addEventListener(good, () => (fault.hidden = true));
}
one("#fault-again").addEventListener("click", () => reload());

function reload() {
  picture.reload();
  map.refreshDensity();
  charts();
}

picture.addEventListener("changed", () => map.refreshDensity());

// From the moment at which the server made this page: nothing falls between page and stream.
const live = new Live("/api/v1/events", { poll: reload, lastId: page.last_event });
live.addEventListener("event", ({ detail: { id, event, data } }) => {
  if (event === "reload") reload();
  if (event !== "reported" && event !== "moved") return;
  picture.touch(data.number, id);
  charts(id);
  if (data.number === cards.caseNumber) cards.refresh();
});

// "As of" goes on while the stream is open; when it is lost the time of the last news stays.
let wasLost = false;
live.addEventListener("state", ({ detail }) => {
  document.body.dataset.stream = detail.state;
  if (detail.state === "lost") wasLost = true;
  else if (detail.state === "live" && wasLost) {
    wasLost = false;
    reload();
  }
});
const asOf = one("#as-of");
setInterval(() => {
  if (live.state === "live" || live.state === "polling") {
    asOf.textContent = clockSeconds(now());
    asOf.dateTime = new Date(now()).toISOString();
  }
}, 1000);
setInterval(() => picture.refreshFigures(), FIGURES_MS);

for (const radio of document.querySelectorAll('input[name="order"]')) {
  const show = () => (radio.checked = radio.value === state.now.order);
  radio.addEventListener("change", () => state.change({ order: radio.value }));
  state.addEventListener("change", show);
  show();
}
one("#photo-close").addEventListener("click", () => one("#photo").close());

keepFocus();
showState(live, one("[data-live]"));
const charts = startCharts(state);
picture.start(map.signs.first);
live.start();
