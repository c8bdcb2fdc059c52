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
  // Of differences: 1 … n more, -2 … -(n+1) fewer.
  wanmi.classOf = function (classes, value) {
    if (value === null || value === undefined || Number.isNaN(value)) return -1;
    if (classes.diverging) return differenceClass(classes, value);
    if (value <= 0) return 0;
    let index = classes.lows.length;
    while (index > 1 && value < classes.lows[index - 1]) index--;
    return Math.max(index, 1);
  };

  function differenceClass(classes, value) {
    if (value === 0 || !classes.lows.length) return 0;
    let index = classes.lows.length;
    while (index > 1 && Math.abs(value) < classes.lows[index - 1]) index--;
    return value > 0 ? index : -index - 1;
  }

  // The same limits on both sides of nothing, so that as much more looks as strong as as much less.
  wanmi.classifyDifference = function (values, method) {
    const sizes = values.map(Math.abs);
    return { ...wanmi.classify(sizes, method, 3), diverging: true };
  };

  // The classes of differences from most more to most fewer.
  wanmi.differencesOf = function ({ lows }) {
    const up = lows.map((_, i) => i + 1);
    return [...up.toReversed(), 0, ...up.map((index) => -index - 1)];
  };

  // The colour step (1 … 5) of a class: few classes are spread over the whole hue.
  wanmi.stepOf = function (classes, index) {
    const count = classes.lows.length;
    if (count <= 1) return 3;
    return 1 + Math.round(((index - 1) * 4) / (count - 1));
  };

  // The name of a class's colour: a token, and a style of the legend; null for no data.
  wanmi.classNameOf = function (classes, index) {
    if (index === -1) return null;
    if (classes.diverging) {
      if (index === 0) return "same";
      const spread = [[], [3], [1, 3], [1, 2, 3]][classes.lows.length];
      return index > 0 ? `more-${spread[index - 1]}` : `fewer-${spread[-index - 2]}`;
    }
    return index ? `step-${wanmi.stepOf(classes, index)}` : "zero";
  };

  wanmi.colourOf = function (classes, index) {
    const name = wanmi.classNameOf(classes, index);
    return wanmi.token(classes.diverging ? `difference-${name}` : `density-${name.replace("step-", "")}`);
  };

  // "3", "2–4", "≥ 9"; the last class is open, as counts go on while the limits stay.
  wanmi.limitsOf = function (classes, index) {
    if (classes.diverging && index === 0) return wanmi.say("no_change");
    if (index < 0) return `−${plainLimits(classes, -index - 1)}`;
    return (classes.diverging ? "+" : "") + plainLimits(classes, index);
  };

  function plainLimits(classes, index) {
    const low = classes.lows[index - 1];
    const whole = classes.lows.every(Number.isInteger) && Number.isInteger(classes.high);
    const shown = (value) =>
      value.toLocaleString(document.documentElement.lang || undefined, {
        maximumSignificantDigits: whole ? undefined : 3,
      });
    if (index === classes.lows.length) {
      return low === classes.high ? shown(low) : `${shown(low)}–${shown(classes.high)}`;
    }
    const next = classes.lows[index];
    if (whole) return next - 1 === low ? shown(low) : `${shown(low)}–${shown(next - 1)}`;
    return `${shown(low)}–${shown(next)}`;
  }

  // What is shown of counts: as they are, by size, or the difference from others; null is hatched.
  // `size` in square kilometres (streets: kilometres); `few`: with fewer cases in both periods
  // together a difference means nothing.
  wanmi.shownOf = function (count, other, size, few) {
    if (count === null || count === undefined) return null;
    if (other !== null && other !== undefined) {
      if (count + other < few) return null;
      return size === null ? count - other : (count - other) / size;
    }
    if (size === null) return count;
    return size > 0 ? count / size : null;
  };

  // A number as people read it: whole, or three digits that mean something.
  wanmi.shownNumber = (value) =>
    value.toLocaleString(document.documentElement.lang || undefined, {
      maximumSignificantDigits: Number.isInteger(value) ? undefined : 3,
    });

  // "12", "340/km² (12)", "+4 (11 ← 7)": what a tooltip says.
  wanmi.valueWords = function (count, other, shown, unit) {
    if (count === null || count === undefined) return wanmi.say("no_data");
    if (other !== null && other !== undefined) {
      const change = count - other;
      const sign = change > 0 ? "+" : change < 0 ? "−" : "±";
      return `${sign}${wanmi.shownNumber(Math.abs(change))} (${wanmi.shownNumber(other)} → ${wanmi.shownNumber(count)})`;
    }
    if (!unit || shown === null) return wanmi.shownNumber(count);
    return `${wanmi.shownNumber(shown)}${unit} (${wanmi.shownNumber(count)})`;
  };

  // The values of a counts document by code: null is "no data".
  wanmi.valueOf = function (counts, code, complete) {
    if (!counts) return null;
    const value = counts[code];
    return value === undefined && complete ? 0 : (value ?? null);
  };
})();
