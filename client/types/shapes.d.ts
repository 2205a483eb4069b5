/**
 * The shapes of what the client takes and gives, for editors and type checkers. Nothing here is code: no other module
 * loads this one.
 *
 * @module
 */
export type ErrorCode = "UNAUTHENTICATED" | "FORBIDDEN" | "BAD_USER_INPUT" | "INVALID_CREDENTIALS" | "EMAIL_NOT_VERIFIED" | "ACCOUNT_DISABLED" | "WEAK_PASSWORD" | "OTP_INVALID" | "OTP_EXPIRED" | "OTP_ATTEMPTS_EXCEEDED" | "TOKEN_INVALID" | "TOKEN_EXPIRED" | "TOKEN_BLACKLISTED" | "TOKEN_REUSED" | "FINGERPRINT_MISMATCH" | "RATE_LIMITED" | "CSRF_REJECTED" | "TOO_MANY_OPERATIONS" | "QUERY_TOO_COMPLEX" | "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED" | "PERSISTED_QUERY_NOT_FOUND" | "SERVICE_UNAVAILABLE" | "INTERNAL_SERVER_ERROR" | "NETWORK";
export type Problem = {
    code: ErrorCode;
    message: string;
    field: string | null;
};
export type Profile = {
    firstName: string | null;
    lastName: string | null;
    displayName: string | null;
    /**
     * E.164
     */
    phone: string | null;
    /**
     * BCP 47
     */
    locale: string | null;
    /**
     * IANA
     */
    timezone: string | null;
};
export type User = {
    id: string;
    email: string;
    role: "USER" | "ADMIN";
    isVerified: boolean;
    isSignIn: boolean;
    needsOnboarding: boolean;
    profile: Profile;
    /**
     * RFC 3339, as every time here
     */
    createdAt: string;
    lastLoginAt: string | null;
};
export type Session = {
    id: string;
    createdAt: string;
    lastUsedAt: string;
    expiresAt: string;
    ipAddress: string | null;
    userAgent: string | null;
    device: string | null;
    rememberMe: boolean;
    isCurrent: boolean;
};
export type AuditEvent = {
    id: string;
    occurredAt: string;
    kind: string;
    outcome: "SUCCESS" | "FAILURE";
    reason: string | null;
    sessionId: string | null;
    ipAddress: string | null;
    userAgent: string | null;
};
export type AuditPage = {
    events: AuditEvent[];
    endCursor: string | null;
    hasNextPage: boolean;
};
export type OtpPurpose = "VERIFY_EMAIL" | "LOGIN" | "RESET_PASSWORD";
export type LogoutScope = "THIS_SESSION" | "OTHER_SESSIONS" | "ALL_SESSIONS";
export type Done = {
    message: string;
};
export type Reason = "login" | "logout" | "elsewhere" | "refresh-refused" | "session-ended" | "updated";
export type AuthChange = {
    user: User | null;
    reason: Reason;
};
export type AuthListener = (change: AuthChange) => void;
export type Clock = {
    /**
     * milliseconds since 1970
     */
    now: () => number;
    setTimeout: (callback: () => void, milliseconds: number) => unknown;
    clearTimeout: (timer: any) => void;
};
export type Locks = {
    request(name: string, options: LockOptions, callback: (lock: object | null) => any): Promise<any>;
};
export type Channel = Pick<BroadcastChannel, "postMessage" | "close" | "onmessage">;
export type Page = Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;
export type Options = {
    /**
     * the origin of the server; that of the page unless it is given, which it has to be where there is no page
     */
    url?: string;
    fetch?: typeof globalThis.fetch;
    /**
     * null: do without
     */
    locks?: Locks | null;
    /**
     * null: do without
     */
    channel?: Channel | null;
    /**
     * the document, whose visibility counts; null: do without refreshing before it is needed
     */
    page?: Page | null;
    clock?: Clock;
};
export type Parts = Required<Options>;
/**
 * Every code of the schema's enum ErrorCode, and NETWORK, which is the client's own.
 *
 * @typedef {"UNAUTHENTICATED" | "FORBIDDEN" | "BAD_USER_INPUT" | "INVALID_CREDENTIALS" | "EMAIL_NOT_VERIFIED"
 *   | "ACCOUNT_DISABLED" | "WEAK_PASSWORD" | "OTP_INVALID" | "OTP_EXPIRED" | "OTP_ATTEMPTS_EXCEEDED"
 *   | "TOKEN_INVALID" | "TOKEN_EXPIRED" | "TOKEN_BLACKLISTED" | "TOKEN_REUSED" | "FINGERPRINT_MISMATCH"
 *   | "RATE_LIMITED" | "CSRF_REJECTED" | "TOO_MANY_OPERATIONS" | "QUERY_TOO_COMPLEX" | "GRAPHQL_PARSE_FAILED"
 *   | "GRAPHQL_VALIDATION_FAILED" | "PERSISTED_QUERY_NOT_FOUND" | "SERVICE_UNAVAILABLE"
 *   | "INTERNAL_SERVER_ERROR" | "NETWORK"} ErrorCode
 */
/** @typedef {{ code: ErrorCode, message: string, field: string | null }} Problem `field` names the input field */
/**
 * @typedef {object} Profile
 * @property {string | null} firstName
 * @property {string | null} lastName
 * @property {string | null} displayName
 * @property {string | null} phone E.164
 * @property {string | null} locale BCP 47
 * @property {string | null} timezone IANA
 */
/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} email
 * @property {"USER" | "ADMIN"} role
 * @property {boolean} isVerified
 * @property {boolean} isSignIn
 * @property {boolean} needsOnboarding
 * @property {Profile} profile
 * @property {string} createdAt RFC 3339, as every time here
 * @property {string | null} lastLoginAt
 */
/**
 * @typedef {object} Session One sign-in of one client.
 * @property {string} id
 * @property {string} createdAt
 * @property {string} lastUsedAt
 * @property {string} expiresAt
 * @property {string | null} ipAddress
 * @property {string | null} userAgent
 * @property {string | null} device
 * @property {boolean} rememberMe
 * @property {boolean} isCurrent
 */
/**
 * @typedef {object} AuditEvent
 * @property {string} id
 * @property {string} occurredAt
 * @property {string} kind
 * @property {"SUCCESS" | "FAILURE"} outcome
 * @property {string | null} reason
 * @property {string | null} sessionId
 * @property {string | null} ipAddress
 * @property {string | null} userAgent
 */
/** @typedef {{ events: AuditEvent[], endCursor: string | null, hasNextPage: boolean }} AuditPage */
/** @typedef {"VERIFY_EMAIL" | "LOGIN" | "RESET_PASSWORD"} OtpPurpose */
/** @typedef {"THIS_SESSION" | "OTHER_SESSIONS" | "ALL_SESSIONS"} LogoutScope */
/** @typedef {{ message: string }} Done what the server says of it, for people */
/**
 * Why somebody else is signed in than before:
 *
 * - `login`, `logout`: it was done in this tab
 * - `elsewhere`: another tab has signed in or out
 * - `refresh-refused`: the session could not be refreshed, as the server will not have it any more
 * - `session-ended`: a request was refused, as its session was ended elsewhere
 * - `updated`: it is the same person, who has changed something in this tab
 *
 * @typedef {"login" | "logout" | "elsewhere" | "refresh-refused" | "session-ended" | "updated"} Reason
 */
/** @typedef {{ user: User | null, reason: Reason }} AuthChange */
/** @typedef {(change: AuthChange) => void} AuthListener */
/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(callback: () => void, milliseconds: number) => unknown} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */
/** @typedef {{ request(name: string, options: LockOptions, callback: (lock: object | null) => any): Promise<any> }} Locks */
/** @typedef {Pick<BroadcastChannel, "postMessage" | "close" | "onmessage">} Channel */
/** @typedef {Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">} Page */
/**
 * @typedef {object} Options
 * @property {string} [url] the origin of the server; that of the page unless it is given, which it has to be where there is no page
 * @property {typeof globalThis.fetch} [fetch]
 * @property {Locks | null} [locks] null: do without
 * @property {Channel | null} [channel] null: do without
 * @property {Page | null} [page] the document, whose visibility counts; null: do without refreshing before it is needed
 * @property {Clock} [clock]
 */
/** @typedef {Required<Options>} Parts */
export {};
