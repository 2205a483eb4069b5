/** Who is signed in, as far as this tab knows, and who wants to hear of it. */
import type { AuthListener, LogoutScope, Parts, User } from "./shapes.js";
import type { Answer } from "./transport.js";
export type Variables = Record<string, unknown>;
/** @typedef {Record<string, unknown>} Variables */
export declare class Presence {
    #private;
    /** @param {Parts} parts */
    constructor(parts: Parts);
    /** @param {AuthListener} listener */
    listen(listener: AuthListener): () => void;
    /**
     * Run an operation. If the access token is over, get a new one and run it once again, which is safe for a mutation
     * too: the server looks at the token before it does anything.
     *
     * @param {string} document
     * @param {Variables} [variables]
     * @returns {Promise<Answer>}
     * @throws {LatchkeyError}
     */
    run(document: string, variables?: Variables): Promise<Answer>;
    /**
     * Ask the server who is signed in. The first answer is news to nobody but its caller; each further one that differs
     * from what was known is told to the listeners.
     *
     * @returns {Promise<User | null>}
     * @throws {LatchkeyError} the server did not say
     */
    me(): Promise<User | null>;
    /**
     * Get a new access token.
     *
     * @param {number} [version] the one that was found to be over; that of now unless it is given
     * @returns {Promise<boolean>} whether somebody is signed in afterwards
     * @throws {LatchkeyError} the server did not say, and so nothing is known to have changed
     */
    refresh(version?: number): Promise<boolean>;
    /**
     * Run an operation that may sign in.
     *
     * @param {string} document
     * @param {Variables} variables
     * @returns {Promise<User | null>} null: it did not
     * @throws {LatchkeyError}
     */
    signIn(document: string, variables: Variables): Promise<User | null>;
    /**
     * Sign out. If the server could not record it, it has not happened, and this tab is still signed in.
     *
     * @param {LogoutScope} scope
     * @returns {Promise<{ message: string, revokedSessions: number }>}
     * @throws {LatchkeyError}
     */
    signOut(scope: LogoutScope): Promise<{
        message: string;
        revokedSessions: number;
    }>;
    /** @param {User} user as they are after a change that was made in this tab */
    update(user: User): void;
    /** Ask again, after something that may have ended the session of this tab. */
    check(): Promise<void>;
    /** Let go of everything. */
    close(): void;
}
