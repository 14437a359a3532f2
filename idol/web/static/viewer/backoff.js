/** Waits between attempts: doubling with full jitter, so that a thousand pages do not return at once. */
export class Backoff {
  /** Times in milliseconds; `random` in [0, 1). */
  constructor({ first = 400, most = 8000, random = Math.random } = {}) {
    Object.assign(this, { first, most, random, attempts: 0 });
  }

  /** The next wait: at least half of its slot, never more than `most`. */
  next() {
    const slot = Math.min(this.most, this.first * 2 ** this.attempts);
    this.attempts += 1;
    return slot * (0.5 + 0.5 * this.random());
  }

  reset() {
    this.attempts = 0;
  }
}
