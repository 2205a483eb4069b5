/** GraphQL over HTTP: one operation to the server, and its answer or its refusal back. */

/** @import { Clock } from "./shapes.js" */

import { LatchkeyError } from "./errors.js";

/** @typedef {{ data: any, requestId: string | null }} Answer */

/** After how many milliseconds a request counts as lost: it may hold the lock that other tabs wait for. */
const PATIENCE = 30_000;

export class Transport {
  #endpoint;
  #fetch;
  #clock;

  /** @param {{ url: string, fetch: typeof globalThis.fetch, clock: Clock }} parts */
  constructor({ url, fetch, clock }) {
    this.#endpoint = new URL("/graphql", url).href;
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /**
   * Run an operation. Cookies travel with it, to another origin too; a token comes before the one in the cookie.
   *
   * @param {string} query
   * @param {Record<string, unknown> | undefined} variables
   * @param {string | null} token
   * @returns {Promise<Answer>}
   * @throws {LatchkeyError} it was refused, or no answer arrived
   */
  async send(query, variables, token) {
    const { body, requestId } = await this.#exchange(query, variables, token);
    if (Array.isArray(body.errors) && body.errors.length > 0) {
      throw refusal(body.errors[0], requestId);
    }
    if (!body.data) {
      throw unreachable("The answer is not the server's");
    }
    return { data: body.data, requestId };
  }

  /**
   * @param {string} query
   * @param {Record<string, unknown> | undefined} variables
   * @param {string | null} token
   * @returns {Promise<{ body: any, requestId: string | null }>}
   */
  async #exchange(query, variables, token) {
    const patience = new AbortController();
    const timer = this.#clock.setTimeout(() => patience.abort(), PATIENCE);
    try {
      const response = await this.#fetch(this.#endpoint, {
        method: "POST",
        credentials: "include",
        cache: "no-store",
        headers: {
          Accept: "application/graphql-response+json",
          "Content-Type": "application/json",
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
        signal: patience.signal,
      });
      return { body: Object(await response.json()), requestId: response.headers.get("X-Request-Id") };
    } catch (cause) {
      throw unreachable(cause);
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }
}

/**
 * Give the payload of the one mutation that was run.
 *
 * @param {Answer} answer
 * @throws {LatchkeyError} something that was typed cannot be accepted
 */
export function payloadOf({ data, requestId }) {
  const [group] = Object.values(data);
  const [payload] = Object.values(group);
  if (!payload.success) {
    const { message, problems } = payload;
    throw new LatchkeyError(message, { code: problems[0].code, problems, requestId });
  }
  return payload;
}

/**
 * What is not the answer of the server, because it was lost or because something on the way wrote another one, tells
 * nothing of what the server did.
 *
 * @param {unknown} cause
 */
function unreachable(cause) {
  return new LatchkeyError("The server cannot be reached right now.", { code: "NETWORK", cause });
}

/**
 * @param {{ message: string, extensions?: { code?: any, retryAfter?: number, requestId?: string } }} error
 * @param {string | null} requestId
 */
function refusal({ message, extensions = {} }, requestId) {
  return new LatchkeyError(message, {
    code: extensions.code ?? "INTERNAL_SERVER_ERROR",
    retryAfter: extensions.retryAfter ?? null,
    requestId: extensions.requestId ?? requestId,
  });
}
