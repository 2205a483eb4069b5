/** What went wrong, in words of the app's language, and beside which field it belongs. */

import { LatchkeyError } from "../latchkey.js";

/** @typedef {import("./locale.js").Locale} Locale */
/** @typedef {import("./locale.js").Words} Words */
/** @typedef {{field: string | null, message: string}} Shown */

/**
 * Say what a refused call means for the person. Anything but a refusal is a mistake of ours: the console has it.
 *
 * @param {unknown} error
 * @param {Locale} locale
 * @returns {Shown[]}
 */
export function explain(error, locale) {
  if (!(error instanceof LatchkeyError)) {
    reportError(error);
    return [{ field: null, message: locale.words.problems.unknown }];
  }
  if (error.problems.length === 0) return [{ field: null, message: refusal(error, locale) }];
  return error.problems.map(({ code, message, field }) => ({ field, message: problem(code, message, field, locale.words) }));
}

/**
 * @param {string} code
 * @param {string} said
 * @param {string | null} field
 * @param {Words} words
 */
function problem(code, said, field, words) {
  if (code === "INVALID_CREDENTIALS" && field === "currentPassword") return words.problems.wrongPassword;
  const known = words.problems[/** @type {keyof Words["problems"]} */ (code)] ?? said;
  return typeof known === "function" ? /** @type {Function} */ (known)(said, field) : known;
}

/**
 * @param {LatchkeyError} error
 * @param {Locale} locale
 */
function refusal({ code, retryAfter, requestId }, { words, until }) {
  if (code === "RATE_LIMITED" && retryAfter) return words.problems.limited(until(retryAfter));
  if (code === "NETWORK" || code === "SERVICE_UNAVAILABLE" || code === "RATE_LIMITED") return words.problems[code];
  const reference = requestId ? ` ${words.problems.reference(requestId)}` : "";
  return words.problems.unknown + reference;
}
