/** Who wants to hear of every change of who is signed in. */

/** @import { AuthChange, AuthListener } from "./shapes.js" */

export class Listeners {
  /** @type {Set<AuthListener>} */
  #listeners = new Set();

  /**
   * @param {AuthListener} listener
   * @returns {() => void} call it to hear no more
   */
  add(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param {AuthChange} change */
  tell(change) {
    for (const listener of this.#listeners) {
      // A listener that throws is reported as any uncaught error is, and harms nobody else.
      queueMicrotask(() => this.#listeners.has(listener) && listener(change));
    }
  }

  /** Tell nobody any more. */
  clear() {
    this.#listeners.clear();
  }
}
