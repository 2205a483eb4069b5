/** The access token, which is nowhere but in this object; and how a new one is got. */
import type { Parts } from "./shapes.js";
import type { Tabs } from "./tabs.js";
export type Tokens = {
    accessToken: string;
    accessTokenExpiresAt: string;
};
/** @typedef {{ accessToken: string, accessTokenExpiresAt: string }} Tokens */
export declare class Access {
    #private;
    /**
     * @param {Parts} parts
     * @param {Tabs} tabs
     * @param {() => void} ring called when it is time to renew the token
     */
    constructor({ url, fetch, clock, page }: Parts, tabs: Tabs, ring: () => void);
    /** Which credentials a request carries that is sent now. */
    get version(): number;
    /** Whether there is a token that requests carry, rather than the cookie alone. */
    get isHeld(): boolean;
    /**
     * Run an operation once, as it is.
     *
     * @param {string} document
     * @param {Record<string, unknown>} [variables]
     */
    send(document: string, variables?: Record<string, unknown>): Promise<import("./transport.js").Answer>;
    /** @param {Tokens} tokens that this tab was given */
    hold({ accessToken, accessTokenExpiresAt }: Tokens): void;
    /** @param {string} expiresAt when the token that another tab was given is over */
    renewedElsewhere(expiresAt: string): void;
    /** Hold nothing any more. */
    forget(): void;
    /**
     * Get a new token, or learn that there is one: that another request or another tab has got it. However many ask at
     * the same time, one refresh is made.
     *
     * @param {number} version the one that somebody found to be over
     * @returns {Promise<boolean>} false: the server refuses, as the session is over
     * @throws {LatchkeyError} the server did not say
     */
    renew(version: number): Promise<boolean>;
    /** Let go of the token, the timer and the page. */
    close(): void;
}
