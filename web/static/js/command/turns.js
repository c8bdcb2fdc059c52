// Whose turn is it to ask? Map, list and figures are looked at first, so they ask first; bars, trend
// and worst places wait until those have their answers, but not for long. A browser keeps only a
// few connections to one server, and a question that waits in line looks like a slow answer.

const LONGEST_MS = 1500;

let pending = Promise.resolve();

// What is asked first: a promise of its answer. Returns it.
export function first(answer) {
  pending = Promise.allSettled([pending, answer]);
  return answer;
}

// Resolves when everything that goes first has its answer.
export async function later() {
  // All that one change asks for is asked in the same turn of the browser's.
  await pause(0);
  await Promise.race([pending, pause(LONGEST_MS)]);
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
