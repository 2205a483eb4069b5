/** Time that stands still until a test lets it pass. */

export class FakeClock {
  #now = Date.parse("2026-01-01T12:00:00Z");
  /** Timers by their number, in the order in which they were set. */
  #timers = new Map();
  #last = 0;

  now = () => this.#now;

  setTimeout = (callback, milliseconds) => {
    // As in browsers, what is later than a number of 32 bits can say is now.
    const wait = milliseconds > 2 ** 31 - 1 ? 1 : milliseconds;
    this.#timers.set((this.#last += 1), { at: this.#now + wait, callback });
    return this.#last;
  };

  clearTimeout = (timer) => void this.#timers.delete(timer);

  /** How many timers are set. */
  get pending() {
    return this.#timers.size;
  }

  /** Let time pass; what is due in it happens in its order, and all that follows from that at once. */
  async pass(milliseconds) {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const [timer, { at, callback }] = next;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      callback();
      await settled();
    }
    this.#now = end;
  }

  #next(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  }
}

/** Wait until everything has happened that needs no time. */
export async function settled() {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
