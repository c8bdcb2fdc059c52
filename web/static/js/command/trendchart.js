// The drawing of the trend: bars and a line by ECharts, and the stretch that is chosen.

const SCRIPT = "/static/vendor/echarts/dist/echarts.min.js";
const MOST_LABELS = 12;

// Loads ECharts when the page has drawn what matters more; `choose(first, last)` hears of a stretch
// of bins, `choose(null)` that there is none.
export async function chartOf(root, choose) {
  await script();
  const chart = window.echarts.init(root, null, { renderer: "canvas" });
  new ResizeObserver(() => chart.resize()).observe(root);
  let shown = null;
  let own = false; // a stretch that we draw ourselves is not a choice
  const draw = () => {
    if (!shown) return;
    chart.setOption(optionOf(shown, chart.getHeight()), { replaceMerge: ["series"] });
    own = true;
    chart.dispatchAction({ type: "brush", areas: areasOf(shown.chosen) });
    own = false;
    pen();
  };
  // Drawing is always on: nobody looks for a tool first.
  const pen = () =>
    chart.dispatchAction({
      type: "takeGlobalCursor",
      key: "brush",
      brushOption: { brushType: "lineX", brushMode: "single" },
    });
  chart.on("brushEnd", ({ areas }) => {
    if (own) return;
    const [area] = areas;
    if (!area) return choose(null);
    const last = shown.names.length - 1;
    const [first, end] = area.coordRange.map((i) => Math.min(Math.max(Math.round(i), 0), last));
    choose(first, end);
  });
  const themes = new MutationObserver(draw);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  return {
    show(what) {
      shown = what;
      draw();
    },
  };
}

function areasOf(chosen) {
  return chosen ? [{ brushType: "lineX", coordRange: chosen, xAxisIndex: 0 }] : [];
}

function optionOf({ names, reported, closed }, height) {
  const ink = window.wanmi.token("ink-2");
  const line = window.wanmi.token("line");
  const accent = window.wanmi.token("accent");
  const text = { color: ink, fontSize: window.wanmi.pixels("size-tiny") };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 3 * rem(), right: rem(), top: 0.5 * rem(), bottom: 1.5 * rem() },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: window.wanmi.token("ground"),
      borderColor: line,
      textStyle: { ...text, color: window.wanmi.token("ink") },
    },
    xAxis: {
      type: "category",
      data: names,
      axisLabel: { ...text, interval: Math.ceil(names.length / MOST_LABELS) - 1, hideOverlap: true },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      splitNumber: Math.max(1, Math.floor((height - 2 * rem()) / (2 * text.fontSize))),
      axisLabel: text,
      splitLine: { lineStyle: { color: line } },
    },
    brush: {
      xAxisIndex: 0,
      toolbox: [],
      brushStyle: { color: "transparent", borderColor: accent, borderWidth: 2 },
      outOfBrush: { colorAlpha: 0.3 },
      throttleType: "debounce",
      throttleDelay: 150,
    },
    toolbox: { show: false },
    series: [
      {
        name: document.querySelector("#trend-table th:nth-child(2)").textContent,
        type: "bar",
        data: reported,
        itemStyle: { color: window.wanmi.token("chart-reported") },
        barCategoryGap: "30%",
      },
      {
        name: document.querySelector("#trend-table th:nth-child(3)").textContent,
        type: "line",
        data: closed,
        symbol: "circle",
        symbolSize: 0.35 * rem(),
        lineStyle: { color: window.wanmi.token("chart-closed"), width: 2 },
        itemStyle: { color: window.wanmi.token("chart-closed") },
      },
    ],
  };
}

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

function script() {
  if (window.echarts) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = SCRIPT;
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(SCRIPT));
    document.head.append(element);
  });
}
