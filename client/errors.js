/** What can go wrong, typed by its code. */

/** @import { ErrorCode, Problem } from "./shapes.js" */

/**
 * Everything that the client rejects with.
 *
 * `code` is the server's own, or NETWORK when no answer of the server arrived: nobody knows then whether the server
 * did what it was asked. What a person typed wrongly is in `problems`, of which `code` and `message` are the first.
 */
export class LatchkeyError extends Error {
  /**
   * @param {string} message for people
   * @param {object} details
   * @param {ErrorCode} details.code
   * @param {Problem[]} [details.problems] what is wrong with what was typed, for forms
   * @param {number | null} [details.retryAfter] in how many seconds to come back
   * @param {string | null} [details.requestId] by which the server's log knows the request
   * @param {unknown} [details.cause]
   */
  constructor(message, { code, problems = [], retryAfter = null, requestId = null, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LatchkeyError";
    this.code = code;
    this.problems = problems;
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

/** What the server says when a session is over, or was never there. */
const OVER = new Set(["UNAUTHENTICATED", "TOKEN_INVALID", "TOKEN_BLACKLISTED", "TOKEN_REUSED", "FINGERPRINT_MISMATCH"]);

/**
 * Tell whether an access token is over, which a refresh mends.
 *
 * @param {unknown} error
 */
export function isExpired(error) {
  return error instanceof LatchkeyError && error.code === "TOKEN_EXPIRED";
}

/**
 * Tell whether the server has said that there is no session any more. An outage, a limit or a lost connection says
 * nothing about the session.
 *
 * @param {unknown} error
 */
export function isOver(error) {
  return error instanceof LatchkeyError && OVER.has(error.code);
}
