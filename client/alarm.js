/** When to refresh before anybody asks: shortly before the access token is over, and not in a hidden tab. */

/** @import { Clock, Page } from "./shapes.js" */

/** How many milliseconds before the end. */
const EARLY = 30_000;

/** The longest that a browser can wait: what is to be later is done at once. */
const LONGEST = 2 ** 31 - 1;

export class Alarm {
  #clock;
  #page;
  #ring;
  /** @type {unknown} */
  #timer;
  #isDue = false;
  #look = () => this.#ringIfSeen();

  /**
   * @param {object} parts
   * @param {Clock} parts.clock
   * @param {Page | null} parts.page null where there is none: then nobody waits, and it never rings
   * @param {() => void} parts.ring called when it is time to refresh
   */
  constructor({ clock, page, ring }) {
    this.#clock = clock;
    this.#page = page;
    this.#ring = ring;
    page?.addEventListener("visibilitychange", this.#look);
  }

  /**
   * Set it for a token that is over at this time.
   *
   * With a clock that is so wrong that the time seems to be past, nothing is set: a refresh would follow the other,
   * for nothing. The server's TOKEN_EXPIRED is always heeded.
   *
   * @param {string} expiresAt
   */
  set(expiresAt) {
    this.stop();
    const wait = Date.parse(expiresAt) - this.#clock.now() - EARLY;
    if (this.#page && wait > 0) {
      this.#timer = this.#clock.setTimeout(() => this.#become(), Math.min(wait, LONGEST));
    }
  }

  /** Set it to nothing. */
  stop() {
    this.#clock.clearTimeout(this.#timer);
    this.#isDue = false;
  }

  /** Stop it for good. */
  close() {
    this.stop();
    this.#page?.removeEventListener("visibilitychange", this.#look);
  }

  #become() {
    this.#isDue = true;
    this.#ringIfSeen();
  }

  #ringIfSeen() {
    if (this.#isDue && this.#page?.visibilityState !== "hidden") {
      this.#ring();
    }
  }
}
