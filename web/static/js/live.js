// One stream of events for all tabs of this browser, with resume, a sign when it is lost, and
// polling while the server has no stream to spare.
//
//   const live = new Live("/api/v1/events", { poll });
//   live.addEventListener("event", ({ detail }) => …);   // {id, event, data} with data parsed
//   live.addEventListener("state", ({ detail }) => …);   // {state, since}
//   live.start();
//
// States: "live" (stream open), "polling" (the server is full: `poll` is called), "lost" (nothing
// comes), "starting". The tab that holds the lock reads the stream and tells the others; when it
// closes, the next one goes on after the last event that it saw. What the others were told between
// the making of a tab's page (`lastId`) and its first listening, the reading tab tells it again; if
// it no longer knows, the tab hears "reload".

import { readStream } from "./sse.js";

const SILENCE_MS = 45000; // the server sends a heartbeat every 15 s
const POLL_MS = 15000;
const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
const FULL = 503;
const REMEMBERED = 500; // events that a tab can tell one that joins

export class Live extends EventTarget {
  #address;
  #poll;
  #channel;
  #leader = false;
  #stop = new AbortController();
  #polling = null;
  #name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #joined = false;
  #told = []; // the last events, oldest first

  constructor(address, { poll = null, lastId = "", silence = SILENCE_MS } = {}) {
    super();
    this.#address = address;
    this.#poll = poll;
    this.silence = silence;
    this.lastId = lastId;
    // Who does not say where it stands wants only what comes from now on.
    this.#joined = !lastId;
    this.state = "starting";
    this.since = new Date();
  }

  start() {
    const name = `wanmi-live ${this.#address}`;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#listen(data);
    const signal = this.#stop.signal;
    // Without locks (plain http on a local network) every tab reads for itself.
    if (!navigator.locks) {
      this.#lead();
      return;
    }
    navigator.locks.request(name, { signal }, () => this.#lead()).catch(() => {});
    this.#ask();
  }

  #ask() {
    this.#channel.postMessage({ kind: "ask", from: this.#name, lastId: this.lastId });
  }

  stop() {
    this.#stop.abort();
    this.#channel?.close();
    clearInterval(this.#polling);
  }

  async #lead() {
    this.#leader = true;
    this.#joined = true;
    for (let tries = 0; !this.#stop.signal.aborted; tries++) {
      const opened = await this.#once().catch(() => false);
      if (opened) tries = 0;
      if (this.#stop.signal.aborted) return;
      const wait = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];
      await pause(wait * (0.75 + Math.random() / 2), this.#stop.signal);
    }
  }

  // One connection from opening to end; true when it was open.
  async #once() {
    const quiet = new AbortController();
    const stop = () => quiet.abort();
    this.#stop.signal.addEventListener("abort", stop);
    let timer = setTimeout(stop, this.silence);
    let opened = false;
    try {
      await readStream(this.#address, {
        lastId: this.lastId,
        signal: quiet.signal,
        onOpen: () => {
          opened = true;
          this.#say("live");
        },
        onBytes: () => {
          clearTimeout(timer);
          timer = setTimeout(stop, this.silence);
        },
        onEvent: (event) => this.#hear(event),
      });
      if (!this.#stop.signal.aborted) this.#say("lost");
    } catch (fault) {
      if (!this.#stop.signal.aborted) this.#say(fault.status === FULL ? "polling" : "lost");
    } finally {
      clearTimeout(timer);
      this.#stop.signal.removeEventListener("abort", stop);
    }
    return opened;
  }

  #hear(event) {
    this.#emit(event);
    if (this.#leader) this.#channel.postMessage({ kind: "event", event });
  }

  #emit(event) {
    // Until it has joined, a tab stays where its page stands: if it has to read the stream itself,
    // it begins there.
    if (event.id && this.#joined) this.lastId = event.id;
    this.#told.push(event);
    if (this.#told.length > REMEMBERED) this.#told.shift();
    let data = event.data;
    try {
      data = JSON.parse(event.data);
    } catch {
      // An event may be plain text.
    }
    this.dispatchEvent(new CustomEvent("event", { detail: { ...event, data } }));
  }

  #say(state) {
    this.#become(state, new Date());
    this.#channel.postMessage({ kind: "state", state, since: this.since });
  }

  #become(state, since) {
    if (state === this.state) return;
    this.state = state;
    this.since = since;
    clearInterval(this.#polling);
    if (state === "polling" && this.#poll) {
      this.#poll();
      this.#polling = setInterval(() => this.#poll(), POLL_MS);
    }
    this.dispatchEvent(new CustomEvent("state", { detail: { state, since } }));
  }

  #listen(message) {
    if (message.kind === "ask") {
      if (this.#leader) this.#answer(message);
    } else if (message.kind === "event") {
      this.#emit(message.event);
    } else if (message.kind === "state") {
      this.#become(message.state, message.since);
      // Another tab has begun to read; who read before may have gone without an answer.
      if (!this.#joined) this.#ask();
    } else if (message.kind === "answer" && message.to === this.#name) {
      this.#become(message.state, message.since);
      if (!this.#joined) this.#join(message);
    }
  }

  #answer({ from, lastId }) {
    const { state, since } = this;
    const at = this.#told.findLastIndex((event) => event.id === lastId);
    const known = at >= 0 || lastId === this.lastId;
    const missed = at >= 0 ? this.#told.slice(at + 1) : [];
    this.#channel.postMessage({ kind: "answer", to: from, state, since, known, missed, lastId: this.lastId });
  }

  #join({ known, missed, lastId }) {
    this.#joined = true;
    const heard = new Set(this.#told.map((event) => event.id));
    for (const event of missed) if (!heard.has(event.id)) this.#emit(event);
    this.lastId = lastId || this.lastId;
    if (!known) this.dispatchEvent(new CustomEvent("event", { detail: { id: "", event: "reload", data: {} } }));
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const SIGNS = { starting: "○", live: "●", polling: "▲", lost: "■" };

// Keeps an element `<span data-live data-live-live="实时" data-live-lost="已断开" …>` up to date:
// shape, word and colour together.
export function showState(live, element) {
  const show = () => {
    const word = element.dataset[`live${live.state[0].toUpperCase()}${live.state.slice(1)}`];
    element.textContent = `${SIGNS[live.state]} ${word || live.state}`;
    element.dataset.state = live.state;
    element.title = live.since.toLocaleString(document.documentElement.lang || undefined);
  };
  live.addEventListener("state", show);
  show();
}
