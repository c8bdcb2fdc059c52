// Asking the server: JSON in, JSON out, and a sentence for people when it does not work.

import { say } from "./page.js";

export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

export async function ask(address, { signal } = {}) {
  let answer;
  try {
    answer = await fetch(address, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      signal,
    });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Refused(0, say("no_network"));
  }
  if (answer.status === 401) {
    // The session has ended: sign in, then come back to this very picture.
    const here = location.pathname + location.search;
    location.assign(`/login?next=${encodeURIComponent(here)}`);
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, problem.detail || say("no_answer"));
  }
  return answer.json();
}

// One question at a time: a newer one ends the older.
export function latest() {
  let running = null;
  return async (address) => {
    running?.abort();
    running = new AbortController();
    return ask(address, { signal: running.signal });
  };
}

export const isStale = (fault) => fault.name === "AbortError";
