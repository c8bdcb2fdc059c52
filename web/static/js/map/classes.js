// How values become at most five classes. Zero is its own class, no value is none of them.
(function () {
  "use strict";

  // {method, lows, high}: `lows` are the smallest values of the classes, rising; `high` the largest.
  // Natural breaks are the optimal ones (ckmeans); few distinct values get one class each.
  wanmi.classify = function (values, method, wanted) {
    const positive = Float64Array.from(values).filter((value) => value > 0).sort();
    const distinct = [...new Set(positive)];
    const high = distinct.at(-1) ?? 0;
    if (distinct.length <= wanted) return { method, lows: distinct, high };
    const lows =
      method === "quantiles"
        ? quantiles(positive, wanted)
        : ss.ckmeans(Array.from(positive), wanted).map((group) => group[0]);
    return { method, lows: [...new Set(lows)], high };
  };

  function quantiles(sorted, wanted) {
    return Array.from({ length: wanted }, (_, i) => sorted[Math.floor((i * sorted.length) / wanted)]);
  }

  // -1: no data, 0: zero, 1 … n: the class. Beyond the largest value it stays the highest class.
  wanmi.classOf = function (classes, value) {
    if (value === null || value === undefined || Number.isNaN(value)) return -1;
    if (value <= 0) return 0;
    let index = classes.lows.length;
    while (index > 1 && value < classes.lows[index - 1]) index--;
    return Math.max(index, 1);
  };

  // The colour step (1 … 5) of a class: few classes are spread over the whole hue.
  wanmi.stepOf = function (classes, index) {
    const count = classes.lows.length;
    if (count <= 1) return 3;
    return 1 + Math.round(((index - 1) * 4) / (count - 1));
  };

  // "3", "2–4", "≥ 9"; the last class is open, as counts go on while the limits stay.
  wanmi.limitsOf = function (classes, index) {
    const low = classes.lows[index - 1];
    const whole = classes.lows.every(Number.isInteger);
    const shown = (value) =>
      value.toLocaleString(document.documentElement.lang || undefined, {
        maximumSignificantDigits: whole ? undefined : 3,
      });
    if (index === classes.lows.length) {
      return whole && low === classes.high ? shown(low) : `${shown(low)}–${shown(classes.high)}`;
    }
    const next = classes.lows[index];
    if (whole) return next - 1 === low ? shown(low) : `${shown(low)}–${shown(next - 1)}`;
    return `${shown(low)}–${shown(next)}`;
  };

  // The values of a counts document by code: null is "no data".
  wanmi.valueOf = function (counts, code, complete) {
    if (!counts) return null;
    const value = counts[code];
    return value === undefined && complete ? 0 : (value ?? null);
  };
})();
