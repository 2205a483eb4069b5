/** The other tabs of this browser that use the same server: one at a time, and what they tell each other. */
import type { Parts } from "./shapes.js";
export type Message = {
    type: "renewed";
    expiresAt: string;
} | {
    type: "login" | "logout" | "doubt";
};
/**
 * Give the name of the lock and of the channel: tabs of one origin may use several servers.
 *
 * @param {string} url
 */
export declare function nameOf(url: string): string;
export declare class Tabs {
    #private;
    /**
     * @param {Parts} parts where a browser has no locks or no channel, each of its tabs is on its own
     * @param {(message: Message) => void} hear called with what another tab tells
     */
    constructor({ url, locks, channel, clock }: Parts, hear: (message: Message) => void);
    /**
     * Do something that changes the cookies while no other tab does, nor anything else in this one. What it is given
     * tells whether it had to wait for somebody.
     *
     * @template T
     * @param {(waited: boolean) => Promise<T>} work it may not ask to be alone again
     * @returns {Promise<T>}
     */
    alone<T>(work: (waited: boolean) => Promise<T>): Promise<T>;
    /**
     * Tell the other tabs. No message holds a token.
     *
     * @param {Message} message
     */
    tell(message: Message): void;
    /** Wait until another tab tells something, or would have. */
    news(): Promise<void>;
    /** Hear and tell nothing any more. */
    close(): void;
}
