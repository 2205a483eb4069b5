/** The other tabs of this browser that use the same server: one at a time, and what they tell each other. */

/** @import { Parts } from "./shapes.js" */

/** @typedef {{ type: "renewed", expiresAt: string } | { type: "login" | "logout" | "doubt" }} Message */

/** How many milliseconds a message may take from one tab to another. It usually is there before the lock is. */
const NEWS_WITHIN = 100;

/**
 * Give the name of the lock and of the channel: tabs of one origin may use several servers.
 *
 * @param {string} url
 */
export function nameOf(url) {
  return `latchkey ${new URL(url).origin}`;
}

export class Tabs {
  #name;
  #locks;
  #channel;
  #clock;
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {Set<(news?: unknown) => void>} */
  #waiting = new Set();

  /**
   * @param {Parts} parts where a browser has no locks or no channel, each of its tabs is on its own
   * @param {(message: Message) => void} hear called with what another tab tells
   */
  constructor({ url, locks, channel, clock }, hear) {
    this.#name = nameOf(url);
    this.#locks = locks;
    this.#channel = channel;
    this.#clock = clock;
    if (channel) {
      channel.onmessage = ({ data }) => {
        hear(Object(data));
        this.#waiting.forEach((resolve) => resolve());
      };
    }
  }

  /**
   * Do something that changes the cookies while no other tab does, nor anything else in this one. What it is given
   * tells whether it had to wait for somebody.
   *
   * @template T
   * @param {(waited: boolean) => Promise<T>} work it may not ask to be alone again
   * @returns {Promise<T>}
   */
  async alone(work) {
    if (!this.#locks) {
      return this.#aloneInThisTab(work);
    }
    /** @type {{ result: T } | null} */
    const free = await this.#locks.request(this.#name, { ifAvailable: true }, async (lock) =>
      lock ? { result: await work(false) } : null,
    );
    return free ? free.result : this.#locks.request(this.#name, {}, () => work(true));
  }

  /**
   * Tell the other tabs. No message holds a token.
   *
   * @param {Message} message
   */
  tell(message) {
    this.#channel?.postMessage(message);
  }

  /** Wait until another tab tells something, or would have. */
  async news() {
    if (!this.#channel) {
      return;
    }
    await new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#clock.setTimeout(() => resolve(undefined), NEWS_WITHIN);
    });
    this.#waiting.clear();
  }

  /** Hear and tell nothing any more. */
  close() {
    this.#channel?.close();
    this.#channel = null;
  }

  /**
   * @template T
   * @param {(waited: boolean) => Promise<T>} work
   * @returns {Promise<T>}
   */
  #aloneInThisTab(work) {
    const result = this.#last.then(() => work(false));
    this.#last = result.catch(() => {});
    return result;
  }
}
