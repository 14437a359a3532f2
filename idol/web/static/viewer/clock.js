/** Time: the server's wall clock, countdowns and dates; and the media clock of the picture. */

export const SAMPLE_RATE = 48_000;
const RTP_RATE = 90_000;
const RTP_WRAP = 2 ** 32;

/** The page's own Unix time in seconds. */
export const localNow = () => Date.now() / 1000;

/** "4:05", or "1:04:05" from an hour on; never below zero. Rounds up, so 0:00 means over. */
export function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds - 1e-6));
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A promise date "2026-12-05" as "12月5日" or "Dec 5"; "" for none. */
export function day(iso, lang) {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso ?? "");
  if (!match) return "";
  const date = new Date(Date.UTC(+match[1], +match[2] - 1, +match[3]));
  const locale = lang === "zh" ? "zh-CN" : "en-US";
  return date.toLocaleDateString(locale, { month: lang === "zh" ? "long" : "short", day: "numeric", timeZone: "UTC" });
}

/** Unix seconds as a local date and time of day. */
export function moment(seconds, lang) {
  const locale = lang === "zh" ? "zh-CN" : "en-US";
  return new Date(seconds * 1000).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

/** Unix seconds as "11月26日 12:50": what ends within days needs no year. */
export const soon = (seconds, lang) =>
  new Date(seconds * 1000).toLocaleString(lang === "zh" ? "zh-CN" : "en-US", {
    month: lang === "zh" ? "long" : "short", day: "numeric", hour: "numeric", minute: "2-digit", hourCycle: "h23",
  });

/**
 * Media pts (48 kHz samples) of a picture from its RTP timestamp (90 kHz, 32 bits).
 * `near` is the last known pts: the timestamp wraps every 13 hours, and the nearest turn is meant.
 */
export function ptsOfRtp(rtp, near = 0) {
  const turns = Math.round(((near * RTP_RATE) / SAMPLE_RATE - rtp) / RTP_WRAP);
  return ((rtp + Math.max(0, turns) * RTP_WRAP) * SAMPLE_RATE) / RTP_RATE;
}

/**
 * Holds events until the picture they belong to is on screen.
 *
 * `hold(event)` returns true if the event must wait; `reached(pts)` tells which picture is shown
 * and delivers what has come due, in order of pts. Without a picture nothing waits, and nothing
 * waits longer than `patience` seconds of wall time: a stalled video must not hide a product.
 */
export class MediaQueue {
  constructor(deliver, { patience = 4 } = {}) {
    this.deliver = deliver;
    this.patience = patience;
    this.shown = null;
    this.waiting = [];
  }

  hold(event, now) {
    if (this.shown === null || !(event.pts > this.shown)) return false;
    this.waiting.push({ event, until: now + this.patience });
    this.waiting.sort((a, b) => a.event.pts - b.event.pts);
    return true;
  }

  reached(pts) {
    this.shown = pts;
    this.#release((entry) => entry.event.pts <= pts);
  }

  /** Deliver what has waited too long. Call now and then. */
  sweep(now) {
    this.#release((entry) => entry.until <= now);
  }

  /** Forget events that match: what they announce is already over. */
  drop(test) {
    this.waiting = this.waiting.filter((entry) => !test(entry.event));
  }

  /** The picture is gone: deliver everything and stop holding. */
  release() {
    this.shown = null;
    this.#release(() => true);
  }

  #release(due) {
    const ready = this.waiting.filter(due);
    this.waiting = this.waiting.filter((entry) => !due(entry));
    for (const { event } of ready) this.deliver(event);
  }
}
