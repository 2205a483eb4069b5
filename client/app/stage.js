/**
 * What a page is, and what it is given. Nothing here is code: no other module loads this one.
 *
 * @module
 */

/** @typedef {import("./locale.js").Locale} Locale */
/** @typedef {import("./locale.js").Words} Words */
/** @typedef {ReturnType<typeof import("../latchkey.js").createClient>} Client */
/** @typedef {import("../shapes.js").User} User */
/** @typedef {import("../shapes.js").OtpPurpose} OtpPurpose */

/**
 * What one page hands to the next. The history of the tab keeps it, so that it survives a reload.
 *
 * @typedef {object} Luggage
 * @property {string} [email] that a code was sent to, or that was typed already
 * @property {OtpPurpose} [purpose] what that code is for
 * @property {boolean} [rememberMe]
 * @property {number} [sentAt] when the code was sent, in milliseconds since 1970
 * @property {keyof Words["notices"]} [notice] what to tell on arrival, once
 */

/**
 * @typedef {object} Stage
 * @property {Client} client
 * @property {Locale} locale
 * @property {User | null} user
 * @property {Luggage} luggage
 * @property {AbortSignal} left aborted when the page is left
 * @property {(address: string, luggage?: Luggage) => void} go
 * @property {(text: string) => void} announce tell it above the page, also to who does not see it
 */

/** @typedef {Stage & {user: User}} MemberStage that of a page for somebody who is signed in */

/**
 * @typedef {object} Page
 * @property {"guest" | "newcomer" | "member"} audience
 * @property {(words: Words) => string} title
 * @property {(stage: MemberStage) => string} [heading] where it is another than the title
 * @property {(stage: MemberStage) => Child[] | Promise<Child[]>} render what stands below the title
 */

/** @typedef {import("./dom.js").Child} Child */

export {};
