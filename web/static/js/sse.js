// Reads a stream of server-sent events with fetch, which (unlike EventSource) can say where to go
// on from and shows the status of a refusal.

// Turns chunks of text into events {id, event, data}; keeps what a chunk leaves unfinished.
export class Parser {
  constructor() {
    this.rest = "";
    this.id = "";
    this.retry = null;
    this.#clear();
  }

  #clear() {
    this.event = "message";
    this.data = [];
  }

  push(chunk) {
    const lines = (this.rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    return lines.map((line) => this.#line(line)).filter(Boolean);
  }

  #line(line) {
    if (line === "") {
      const event = { id: this.id, event: this.event, data: this.data.join("\n") };
      const whole = this.data.length > 0;
      this.#clear();
      return whole ? event : null;
    }
    if (line.startsWith(":")) return null;
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === "data") this.data.push(value);
    else if (name === "event") this.event = value;
    else if (name === "id" && !value.includes("\0")) this.id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    return null;
  }
}

// Opens the stream after `lastId` and calls `onEvent` for each event until it ends or `signal`
// says stop. `onBytes` is called for everything that arrives, heartbeats too.
export async function readStream(address, { lastId, signal, onOpen, onEvent, onBytes }) {
  const headers = { Accept: "text/event-stream" };
  if (lastId) headers["Last-Event-ID"] = lastId;
  const options = { headers, signal, cache: "no-store", credentials: "same-origin" };
  const answer = await fetch(address, options);
  if (!answer.ok || !answer.body) {
    throw Object.assign(new Error(`${address}: ${answer.status}`), { status: answer.status });
  }
  onOpen();
  const parser = new Parser();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parser.retry;
    onBytes();
    parser.push(value).forEach(onEvent);
  }
}
