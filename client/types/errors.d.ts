/** What can go wrong, typed by its code. */
import type { ErrorCode, Problem } from "./shapes.js";
/** @import { ErrorCode, Problem } from "./shapes.js" */
/**
 * Everything that the client rejects with.
 *
 * `code` is the server's own, or NETWORK when no answer of the server arrived: nobody knows then whether the server
 * did what it was asked. What a person typed wrongly is in `problems`, of which `code` and `message` are the first.
 */
export declare class LatchkeyError extends Error {
    code: ErrorCode;
    problems: Problem[];
    retryAfter: number | null;
    requestId: string | null;
    /**
     * @param {string} message for people
     * @param {object} details
     * @param {ErrorCode} details.code
     * @param {Problem[]} [details.problems] what is wrong with what was typed, for forms
     * @param {number | null} [details.retryAfter] in how many seconds to come back
     * @param {string | null} [details.requestId] by which the server's log knows the request
     * @param {unknown} [details.cause]
     */
    constructor(message: string, { code, problems, retryAfter, requestId, cause }: {
        code: ErrorCode;
        problems?: Problem[];
        retryAfter?: number | null;
        requestId?: string | null;
        cause?: unknown;
    });
}
/**
 * Tell whether an access token is over, which a refresh mends.
 *
 * @param {unknown} error
 */
export declare function isExpired(error: unknown): boolean;
/**
 * Tell whether the server has said that there is no session any more. An outage, a limit or a lost connection says
 * nothing about the session.
 *
 * @param {unknown} error
 */
export declare function isOver(error: unknown): boolean;
