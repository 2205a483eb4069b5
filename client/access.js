/** The access token, which is nowhere but in this object; and how a new one is got. */

/** @import { Parts } from "./shapes.js" */
/** @import { Tabs } from "./tabs.js" */

import { Alarm } from "./alarm.js";
import { isExpired, isOver } from "./errors.js";
import { REFRESH } from "./operations.js";
import { Transport, payloadOf } from "./transport.js";

/** @typedef {{ accessToken: string, accessTokenExpiresAt: string }} Tokens */

export class Access {
  #transport;
  #tabs;
  #alarm;
  /** @type {string | null} null: the cookie is used, which is as good, and younger when another tab has refreshed */
  #token = null;
  /** Counts every change of the cookies that this tab knows of, whichever tab made it. */
  #version = 0;
  /** @type {Promise<boolean> | null} */
  #renewing = null;

  /**
   * @param {Parts} parts
   * @param {Tabs} tabs
   * @param {() => void} ring called when it is time to renew the token
   */
  constructor({ url, fetch, clock, page }, tabs, ring) {
    this.#transport = new Transport({ url, fetch, clock });
    this.#tabs = tabs;
    this.#alarm = new Alarm({ clock, page, ring });
  }

  /** Which credentials a request carries that is sent now. */
  get version() {
    return this.#version;
  }

  /** Whether there is a token that requests carry, rather than the cookie alone. */
  get isHeld() {
    return this.#token !== null;
  }

  /**
   * Run an operation once, as it is.
   *
   * @param {string} document
   * @param {Record<string, unknown>} [variables]
   */
  send(document, variables) {
    return this.#transport.send(document, variables, this.#token);
  }

  /** @param {Tokens} tokens that this tab was given */
  hold({ accessToken, accessTokenExpiresAt }) {
    this.#replace(accessToken);
    this.#alarm.set(accessTokenExpiresAt);
  }

  /** @param {string} expiresAt when the token that another tab was given is over */
  renewedElsewhere(expiresAt) {
    this.#replace(null);
    this.#alarm.set(expiresAt);
  }

  /** Hold nothing any more. */
  forget() {
    this.#replace(null);
    this.#alarm.stop();
  }

  /**
   * Get a new token, or learn that there is one: that another request or another tab has got it. However many ask at
   * the same time, one refresh is made.
   *
   * @param {number} version the one that somebody found to be over
   * @returns {Promise<boolean>} false: the server refuses, as the session is over
   * @throws {LatchkeyError} the server did not say
   */
  renew(version) {
    this.#renewing ??= this.#renewAlone(version).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  /** Let go of the token, the timer and the page. */
  close() {
    this.forget();
    this.#alarm.close();
  }

  /** @param {number} version */
  #renewAlone(version) {
    return this.#tabs.alone(async (waited) => {
      if (waited && version === this.#version) {
        await this.#tabs.news();
      }
      return version !== this.#version || this.#rotate(version);
    });
  }

  /** @param {number} version */
  async #rotate(version) {
    try {
      const tokens = payloadOf(await this.#transport.send(REFRESH, undefined, null));
      // Where there are no locks, somebody may have signed out or in meanwhile: then this is nobody's token.
      if (version === this.#version) {
        this.hold(tokens);
        this.#tabs.tell({ type: "renewed", expiresAt: tokens.accessTokenExpiresAt });
      }
      return true;
    } catch (error) {
      if (isOver(error) || isExpired(error)) {
        return false;
      }
      throw error;
    }
  }

  /** @param {string | null} token */
  #replace(token) {
    this.#token = token;
    this.#version += 1;
  }
}
