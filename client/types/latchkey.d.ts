/**
 * Sign up, sign in, stay in and sign out, from a web page.
 *
 * The access token lives in memory only, and the refresh token in a cookie that no script sees. All tabs of a browser
 * share one session: one of them refreshes for all, and a sign-out in one signs every one out.
 *
 * @module
 */
import { LatchkeyError } from "./errors.js";
import { Presence } from "./presence.js";
export { LatchkeyError };
import type { AuditPage, AuthListener, Done, LogoutScope, Options, OtpPurpose, Profile, Session, User } from "./shapes.js";
/** @import { AuditEvent, AuditPage, AuthListener, Done, LogoutScope, Options, OtpPurpose, Profile, Session, User } from "./shapes.js" */
/**
 * Make the client of a server. A page needs one.
 *
 * @param {Options} [options]
 */
export declare function createClient(options?: Options): Client;
/** Every method rejects with a LatchkeyError, whose `code` says what happened. */
export declare class Client {
    #private;
    /** @param {Presence} presence */
    constructor(presence: Presence);
    /**
     * Sign up. The answer is the same whether or not the address has an account; a mail says how to go on.
     *
     * @param {{ email: string, password: string, profile?: Partial<Profile> }} input
     * @returns {Promise<Done>}
     */
    register({ email, password, profile }: {
        email: string;
        password: string;
        profile?: Partial<Profile>;
    }): Promise<Done>;
    /**
     * Ask for a code by mail. The answer is the same whether or not one is sent.
     *
     * @param {{ email: string, purpose: OtpPurpose }} input
     * @returns {Promise<Done>}
     */
    requestCode({ email, purpose }: {
        email: string;
        purpose: OtpPurpose;
    }): Promise<Done>;
    /**
     * Bring a code back. It signs in, unless it is for RESET_PASSWORD: such a code is good if this resolves to null.
     *
     * @param {{ email: string, code: string, purpose: OtpPurpose, rememberMe?: boolean }} input
     * @returns {Promise<User | null>}
     */
    verify({ email, code, purpose, rememberMe }: {
        email: string;
        code: string;
        purpose: OtpPurpose;
        rememberMe?: boolean;
    }): Promise<User | null>;
    /**
     * Sign in.
     *
     * @param {{ email: string, password: string, rememberMe?: boolean }} input
     * @returns {Promise<User>}
     */
    login({ email, password, rememberMe }: {
        email: string;
        password: string;
        rememberMe?: boolean;
    }): Promise<User>;
    /**
     * Sign out, here and in every tab. If it rejects, it has not happened, and can be tried again.
     *
     * @param {{ scope?: LogoutScope }} [input]
     * @returns {Promise<Done & { revokedSessions: number }>}
     */
    logout({ scope }?: {
        scope?: LogoutScope;
    }): Promise<Done & {
        revokedSessions: number;
    }>;
    /**
     * Ask the server who is signed in. An access token that is over is refreshed on the way.
     *
     * @returns {Promise<User | null>}
     */
    me(): Promise<User | null>;
    /**
     * Get a new access token. That happens by itself: nobody needs to call this.
     *
     * @returns {Promise<boolean>} whether somebody is signed in afterwards; false: the server refuses
     */
    refresh(): Promise<boolean>;
    /**
     * Hear of every change of who is signed in.
     *
     * @param {AuthListener} listener
     * @returns {() => void} call it to hear no more
     */
    onAuthChange(listener: AuthListener): () => void;
    /**
     * Run a document of one's own. An access token that is over is refreshed, once, and the document run again.
     *
     * @param {string} document
     * @param {Record<string, unknown>} [variables]
     * @returns {Promise<any>} the data
     */
    fetchGraphQL(document: string, variables?: Record<string, unknown>): Promise<any>;
    /**
     * Choose a new password with a code for RESET_PASSWORD. It ends every session, and signs nobody in.
     *
     * @param {{ email: string, code: string, newPassword: string }} input
     * @returns {Promise<Done>}
     */
    resetPassword({ email, code, newPassword }: {
        email: string;
        code: string;
        newPassword: string;
    }): Promise<Done>;
    /**
     * Choose a new password, knowing the present one. It ends every other session.
     *
     * @param {{ currentPassword: string, newPassword: string }} input
     * @returns {Promise<Done>}
     */
    changePassword({ currentPassword, newPassword }: {
        currentPassword: string;
        newPassword: string;
    }): Promise<Done>;
    /**
     * Change one's profile: what is absent stays as it is, and what is null is cleared.
     *
     * @param {Partial<Profile>} input
     * @returns {Promise<User>}
     */
    updateProfile(input: Partial<Profile>): Promise<User>;
    /**
     * Finish the first steps. The profile has to have both names.
     *
     * @returns {Promise<User>}
     */
    completeOnboarding(): Promise<User>;
    /**
     * List where the person is signed in, the session used last first.
     *
     * @returns {Promise<Session[]>}
     */
    sessions(): Promise<Session[]>;
    /**
     * End one of one's own sessions; ending the one of this tab signs out.
     *
     * @param {string} id
     * @returns {Promise<Done>}
     */
    revokeSession(id: string): Promise<Done>;
    /**
     * Read one's own audit trail, newest first.
     *
     * @param {{ first?: number, after?: string | null, filter?: Record<string, unknown> }} [page]
     * @returns {Promise<AuditPage>}
     */
    auditEvents({ first, after, filter }?: {
        first?: number;
        after?: string | null;
        filter?: Record<string, unknown>;
    }): Promise<AuditPage>;
    /** Let go of the token, the timer and the channel to the other tabs; nobody is signed out by it. */
    close(): void;
}
