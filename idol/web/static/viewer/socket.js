/** The websocket to the host: reconnects for ever, and sends again what was not answered. */

import { Backoff } from "./backoff.js";

/** A random id: 96 bits in hex. (`crypto.randomUUID` needs HTTPS, and a LAN address has none.) */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Socket {
  /**
   * `url()` gives the address (it carries the language); `onevent(event)` gets each host event;
   * `onlink("open" | "lost")` the state of the connection; `unanswered()` the messages to send
   * again after a reconnect (each carries its own idempotency key).
   */
  constructor({ url, onevent, onlink, unanswered = () => [], Impl = WebSocket, backoff = new Backoff() }) {
    Object.assign(this, { url, onevent, onlink, unanswered, Impl, backoff });
    this.socket = null;
    this.timer = 0;
    this.closed = false;
  }

  open() {
    clearTimeout(this.timer);
    this.#drop();
    const socket = new this.Impl(this.url());
    this.socket = socket;
    socket.onmessage = (message) => {
      if (socket !== this.socket) return;
      const event = parse(message.data);
      if (!event) return;
      if (event.type === "hello") {
        this.backoff.reset();
        this.onlink("open");
      }
      this.onevent(event);
      if (event.type === "hello") for (const old of this.unanswered()) this.send(old);
    };
    socket.onclose = () => {
      if (socket !== this.socket || this.closed) return;
      this.socket = null;
      this.onlink("lost");
      this.timer = setTimeout(() => this.open(), this.backoff.next());
    };
  }

  /** Send if the line is open; returns whether it was. */
  send(message) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Come back now: after sleep, or when the network returns. */
  retry() {
    if (this.closed) return;
    this.backoff.reset();
    this.open();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.#drop();
  }

  #drop() {
    const old = this.socket;
    this.socket = null;
    if (old) old.onclose = old.onmessage = null;
    old?.close();
  }
}

function parse(data) {
  try {
    const event = JSON.parse(data);
    return event && typeof event.type === "string" ? event : null;
  } catch {
    return null;
  }
}
