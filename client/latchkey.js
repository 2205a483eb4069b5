/**
 * Sign up, sign in, stay in and sign out, from a web page.
 *
 * The access token lives in memory only, and the refresh token in a cookie that no script sees. All tabs of a browser
 * share one session: one of them refreshes for all, and a sign-out in one signs every one out.
 *
 * @module
 */

import { complete } from "./browser.js";
import { LatchkeyError } from "./errors.js";
import * as operations from "./operations.js";
import { Presence } from "./presence.js";
import { payloadOf } from "./transport.js";

export { LatchkeyError };

/** @import { AuditEvent, AuditPage, AuthListener, Done, LogoutScope, Options, OtpPurpose, Profile, Session, User } from "./shapes.js" */

/**
 * Make the client of a server. A page needs one.
 *
 * @param {Options} [options]
 */
export function createClient(options = {}) {
  return new Client(new Presence(complete(options)));
}

/** Every method rejects with a LatchkeyError, whose `code` says what happened. */
export class Client {
  #presence;

  /** @param {Presence} presence */
  constructor(presence) {
    this.#presence = presence;
  }

  /**
   * Sign up. The answer is the same whether or not the address has an account; a mail says how to go on.
   *
   * @param {{ email: string, password: string, profile?: Partial<Profile> }} input
   * @returns {Promise<Done>}
   */
  register({ email, password, profile }) {
    return this.#do(operations.REGISTER, { input: { email, password, profile } });
  }

  /**
   * Ask for a code by mail. The answer is the same whether or not one is sent.
   *
   * @param {{ email: string, purpose: OtpPurpose }} input
   * @returns {Promise<Done>}
   */
  requestCode({ email, purpose }) {
    return this.#do(operations.REQUEST_CODE, { input: { email, purpose } });
  }

  /**
   * Bring a code back. It signs in, unless it is for RESET_PASSWORD: such a code is good if this resolves to null.
   *
   * @param {{ email: string, code: string, purpose: OtpPurpose, rememberMe?: boolean }} input
   * @returns {Promise<User | null>}
   */
  verify({ email, code, purpose, rememberMe = false }) {
    return this.#presence.signIn(operations.VERIFY_CODE, { input: { email, code, purpose, rememberMe } });
  }

  /**
   * Sign in.
   *
   * @param {{ email: string, password: string, rememberMe?: boolean }} input
   * @returns {Promise<User>}
   */
  async login({ email, password, rememberMe = false }) {
    const input = { email, password, rememberMe };
    return /** @type {User} */ (await this.#presence.signIn(operations.LOGIN, { input }));
  }

  /**
   * Sign out, here and in every tab. If it rejects, it has not happened, and can be tried again.
   *
   * @param {{ scope?: LogoutScope }} [input]
   * @returns {Promise<Done & { revokedSessions: number }>}
   */
  logout({ scope = "THIS_SESSION" } = {}) {
    return this.#presence.signOut(scope);
  }

  /**
   * Ask the server who is signed in. An access token that is over is refreshed on the way.
   *
   * @returns {Promise<User | null>}
   */
  me() {
    return this.#presence.me();
  }

  /**
   * Get a new access token. That happens by itself: nobody needs to call this.
   *
   * @returns {Promise<boolean>} whether somebody is signed in afterwards; false: the server refuses
   */
  refresh() {
    return this.#presence.refresh();
  }

  /**
   * Hear of every change of who is signed in.
   *
   * @param {AuthListener} listener
   * @returns {() => void} call it to hear no more
   */
  onAuthChange(listener) {
    return this.#presence.listen(listener);
  }

  /**
   * Run a document of one's own. An access token that is over is refreshed, once, and the document run again.
   *
   * @param {string} document
   * @param {Record<string, unknown>} [variables]
   * @returns {Promise<any>} the data
   */
  async fetchGraphQL(document, variables) {
    return (await this.#presence.run(document, variables)).data;
  }

  /**
   * Choose a new password with a code for RESET_PASSWORD. It ends every session, and signs nobody in.
   *
   * @param {{ email: string, code: string, newPassword: string }} input
   * @returns {Promise<Done>}
   */
  async resetPassword({ email, code, newPassword }) {
    const done = await this.#do(operations.RESET_PASSWORD, { input: { email, code, newPassword } });
    await this.#presence.check();
    return done;
  }

  /**
   * Choose a new password, knowing the present one. It ends every other session.
   *
   * @param {{ currentPassword: string, newPassword: string }} input
   * @returns {Promise<Done>}
   */
  changePassword({ currentPassword, newPassword }) {
    return this.#do(operations.CHANGE_PASSWORD, { input: { currentPassword, newPassword } });
  }

  /**
   * Change one's profile: what is absent stays as it is, and what is null is cleared.
   *
   * @param {Partial<Profile>} input
   * @returns {Promise<User>}
   */
  updateProfile(input) {
    return this.#change(operations.UPDATE_PROFILE, { input });
  }

  /**
   * Finish the first steps. The profile has to have both names.
   *
   * @returns {Promise<User>}
   */
  completeOnboarding() {
    return this.#change(operations.COMPLETE_ONBOARDING);
  }

  /**
   * List where the person is signed in, the session used last first.
   *
   * @returns {Promise<Session[]>}
   */
  async sessions() {
    const { me } = await this.fetchGraphQL(operations.SESSIONS);
    if (me === null) {
      await this.#presence.check();
      throw new LatchkeyError("Please sign in.", { code: "UNAUTHENTICATED" });
    }
    return me.sessions;
  }

  /**
   * End one of one's own sessions; ending the one of this tab signs out.
   *
   * @param {string} id
   * @returns {Promise<Done>}
   */
  async revokeSession(id) {
    const done = await this.#do(operations.REVOKE_SESSION, { id });
    await this.#presence.check();
    return done;
  }

  /**
   * Read one's own audit trail, newest first.
   *
   * @param {{ first?: number, after?: string | null, filter?: Record<string, unknown> }} [page]
   * @returns {Promise<AuditPage>}
   */
  async auditEvents({ first, after, filter } = {}) {
    const { auditEvents } = await this.fetchGraphQL(operations.AUDIT_EVENTS, { first, after, filter });
    return { ...auditEvents.pageInfo, events: auditEvents.edges.map(nodeOf) };
  }

  /** Let go of the token, the timer and the channel to the other tabs; nobody is signed out by it. */
  close() {
    this.#presence.close();
  }

  /**
   * @param {string} document
   * @param {Record<string, unknown>} variables
   * @returns {Promise<Done>}
   */
  async #do(document, variables) {
    const { message } = payloadOf(await this.#presence.run(document, variables));
    return { message };
  }

  /**
   * @param {string} document
   * @param {Record<string, unknown>} [variables]
   * @returns {Promise<User>}
   */
  async #change(document, variables) {
    const { user } = payloadOf(await this.#presence.run(document, variables));
    this.#presence.update(user);
    return user;
  }
}

/** @param {{ node: AuditEvent }} edge */
function nodeOf({ node }) {
  return node;
}
