/** What the client takes from the browser that it runs in, where nobody gives it something else. */

/** @import { Channel, Clock, Options, Parts } from "./shapes.js" */

import { nameOf } from "./tabs.js";

/** @type {Clock} */
const CLOCK = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer),
};

/**
 * Complete the parts that a client is made of.
 *
 * @param {Options} options
 * @returns {Parts}
 */
export function complete({ url = globalThis.location?.origin, ...given }) {
  return {
    url,
    // Looked up at each call: what watches requests may put itself in its place at any time.
    fetch: (...request) => globalThis.fetch(...request),
    locks: globalThis.navigator?.locks ?? null,
    channel: given.channel === undefined ? openChannel(url) : given.channel,
    page: globalThis.document ?? null,
    clock: CLOCK,
    ...given,
  };
}

/**
 * @param {string} url
 * @returns {Channel | null}
 */
function openChannel(url) {
  // A program that is no page has no other tabs, and an open channel would keep it from ending.
  return globalThis.document && globalThis.BroadcastChannel ? new BroadcastChannel(nameOf(url)) : null;
}
