/** What the client takes from the browser that it runs in, where nobody gives it something else. */
import type { Options, Parts } from "./shapes.js";
/**
 * Complete the parts that a client is made of.
 *
 * @param {Options} options
 * @returns {Parts}
 */
export declare function complete({ url, ...given }: Options): Parts;
