// Requests to our own server: JSON in and out, with the page's token, and two ways to fail.

import { page } from "./page.js";

const WAIT_MS = 15000;
const PHOTO_WAIT_MS = 120000;

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

// The server has answered, but not with what was asked for. `errors` are by field.
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || String(status));
    this.status = status;
    this.errors = problem.errors ?? [];
  }

  // Sentences for people: those of the fields, or else the whole.
  get sentences() {
    return this.errors.length ? this.errors.map(({ message }) => message) : [this.message];
  }
}

// Nobody knows whether the request has arrived.
export class NoAnswer extends Error {}

export async function ask(address, { body, signal } = {}) {
  const late = AbortSignal.timeout(WAIT_MS);
  const options = {
    method: body ? "POST" : "GET",
    headers: { Accept: "application/json" },
    credentials: "same-origin",
    signal: signal ? either(signal, late) : late,
  };
  if (body) {
    options.headers["Content-Type"] = "application/json";
    options.headers["X-CSRFToken"] = token();
    options.body = JSON.stringify(body);
  }
  let answer;
  let said;
  try {
    answer = await fetch(address, options);
    said = await answer.json().catch(() => null);
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new NoAnswer(String(fault));
  }
  if (!answer.ok) throw new Refused(answer.status, said ?? {});
  if (said === null) throw new NoAnswer("the answer was cut off");
  return { status: answer.status, said };
}

function either(...signals) {
  const both = new AbortController();
  for (const one of signals) {
    if (one.aborted) both.abort();
    one.addEventListener("abort", () => both.abort(), { once: true });
  }
  return both.signal;
}

// A photo on its way; `told` hears the share that has left (0 to 1). XMLHttpRequest, because fetch
// does not tell how much has left.
export function upload(blob, told) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("photo", blob, "photo.jpg");
    request.open("POST", page.photos);
    request.timeout = PHOTO_WAIT_MS;
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.onprogress = ({ loaded, total }) => told(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300 && request.response) {
        // What names it in a report: a citizen, who has no account, is given a claim.
        resolve(request.response.claim ?? request.response.id);
      } else {
        reject(new Refused(request.status, request.response ?? {}));
      }
    };
    request.onerror = () => reject(new NoAnswer("the photo did not arrive"));
    request.ontimeout = request.onerror;
    request.send(form);
  });
}

// The statuses after which sending the same again can help: busy, away, signed out, page too old.
const AGAIN = new Set([401, 403, 408, 425, 429]);
export const mayRepeat = (fault) =>
  fault instanceof NoAnswer || (fault instanceof Refused && (fault.status >= 500 || AGAIN.has(fault.status)));
