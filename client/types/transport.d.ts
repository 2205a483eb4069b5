/** GraphQL over HTTP: one operation to the server, and its answer or its refusal back. */
import type { Clock } from "./shapes.js";
export type Answer = {
    data: any;
    requestId: string | null;
};
export declare class Transport {
    #private;
    /** @param {{ url: string, fetch: typeof globalThis.fetch, clock: Clock }} parts */
    constructor({ url, fetch, clock }: {
        url: string;
        fetch: typeof globalThis.fetch;
        clock: Clock;
    });
    /**
     * Run an operation. Cookies travel with it, to another origin too; a token comes before the one in the cookie.
     *
     * @param {string} query
     * @param {Record<string, unknown> | undefined} variables
     * @param {string | null} token
     * @returns {Promise<Answer>}
     * @throws {LatchkeyError} it was refused, or no answer arrived
     */
    send(query: string, variables: Record<string, unknown> | undefined, token: string | null): Promise<Answer>;
}
/**
 * Give the payload of the one mutation that was run.
 *
 * @param {Answer} answer
 * @throws {LatchkeyError} something that was typed cannot be accepted
 */
export declare function payloadOf({ data, requestId }: Answer): any;
