/** When to refresh before anybody asks: shortly before the access token is over, and not in a hidden tab. */
import type { Clock, Page } from "./shapes.js";
export declare class Alarm {
    #private;
    /**
     * @param {object} parts
     * @param {Clock} parts.clock
     * @param {Page | null} parts.page null where there is none: then nobody waits, and it never rings
     * @param {() => void} parts.ring called when it is time to refresh
     */
    constructor({ clock, page, ring }: {
        clock: Clock;
        page: Page | null;
        ring: () => void;
    });
    /**
     * Set it for a token that is over at this time.
     *
     * With a clock that is so wrong that the time seems to be past, nothing is set: a refresh would follow the other,
     * for nothing. The server's TOKEN_EXPIRED is always heeded.
     *
     * @param {string} expiresAt
     */
    set(expiresAt: string): void;
    /** Set it to nothing. */
    stop(): void;
    /** Stop it for good. */
    close(): void;
}
