// Twelve months as a small picture: bars, the last one lighter because its month is not over.

import { number, say } from "./page.js";

const SPACE = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, BAR, GAP] = [216, 56, 14, 4];
const BASE = HEIGHT - 14;

const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS(SPACE, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
};

// `months` is [{month: "2026-11", reported: n}, …], oldest first.
export function sparkline(months) {
  const top = Math.max(1, ...months.map(({ reported }) => reported));
  const total = months.reduce((sum, { reported }) => sum + reported, 0);
  const bars = months.flatMap(({ month, reported }, i) => {
    const x = i * (BAR + GAP);
    const height = reported ? Math.max(2, Math.round((reported / top) * (BASE - 10))) : 0;
    const last = i === months.length - 1;
    const bar = svg("rect", { x, y: BASE - height, width: BAR, height, class: last ? "bar unfinished" : "bar" });
    bar.append(svg("title", {}, `${month}: ${number(reported)}`));
    const parts = [bar];
    if (reported === top && reported) {
      parts.push(svg("text", { x: x + BAR / 2, y: BASE - height - 2, "text-anchor": "middle" }, number(reported)));
    }
    if (i === 0 || last || month.endsWith("-01")) {
      const anchor = i === 0 ? "start" : last ? "end" : "middle";
      const at = i === 0 ? x : last ? x + BAR : x + BAR / 2;
      parts.push(svg("text", { x: at, y: HEIGHT - 2, "text-anchor": anchor }, month));
    }
    return parts;
  });
  const label = say("months_told", {
    total: number(total),
    last: number(months.at(-1).reported),
    most: number(top),
  });
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "sparkline", role: "img", "aria-label": label },
    svg("path", { d: `M0 ${BASE + 0.5}H${WIDTH - GAP}`, class: "base" }),
    ...bars,
  );
}
