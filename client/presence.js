/** Who is signed in, as far as this tab knows, and who wants to hear of it. */

/** @import { AuthListener, LogoutScope, Parts, Reason, User } from "./shapes.js" */
/** @import { Message } from "./tabs.js" */
/** @import { Answer } from "./transport.js" */

import { Access } from "./access.js";
import { isExpired, isOver } from "./errors.js";
import { Listeners } from "./listeners.js";
import { LOGOUT, ME } from "./operations.js";
import { Tabs } from "./tabs.js";
import { payloadOf } from "./transport.js";

/** @typedef {Record<string, unknown>} Variables */

export class Presence {
  #tabs;
  #access;
  #listeners = new Listeners();
  /** @type {User | null | undefined} undefined: the server has not been asked yet */
  #user;
  /** Counts sign-ins and sign-outs: an answer that was asked for in an earlier one tells nothing about this one. */
  #era = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#tabs = new Tabs(parts, (message) => this.#hear(message));
    this.#access = new Access(parts, this.#tabs, () => quietly(this.refresh()));
  }

  /** @param {AuthListener} listener */
  listen(listener) {
    return this.#listeners.add(listener);
  }

  /**
   * Run an operation. If the access token is over, get a new one and run it once again, which is safe for a mutation
   * too: the server looks at the token before it does anything.
   *
   * @param {string} document
   * @param {Variables} [variables]
   * @returns {Promise<Answer>}
   * @throws {LatchkeyError}
   */
  async run(document, variables) {
    const era = this.#era;
    try {
      return await this.#runTwice(document, variables);
    } catch (error) {
      if (isOver(error) && era === this.#era) {
        this.#end("session-ended");
      }
      throw error;
    }
  }

  /**
   * Ask the server who is signed in. The first answer is news to nobody but its caller; each further one that differs
   * from what was known is told to the listeners.
   *
   * @returns {Promise<User | null>}
   * @throws {LatchkeyError} the server did not say
   */
  async me() {
    const era = this.#era;
    const user = await this.#look();
    if (era !== this.#era) {
      return this.me();
    }
    if (this.#user === undefined || this.#user?.id === user?.id) {
      this.#user = user;
    } else if (user) {
      this.#begin(user, "elsewhere");
    } else {
      this.#end("session-ended");
    }
    return user;
  }

  /**
   * Get a new access token.
   *
   * @param {number} [version] the one that was found to be over; that of now unless it is given
   * @returns {Promise<boolean>} whether somebody is signed in afterwards
   * @throws {LatchkeyError} the server did not say, and so nothing is known to have changed
   */
  async refresh(version = this.#access.version) {
    const era = this.#era;
    const renewed = await this.#access.renew(version);
    if (era !== this.#era) {
      return Boolean(this.#user);
    }
    if (!renewed) {
      this.#end("refresh-refused");
    }
    return renewed;
  }

  /**
   * Run an operation that may sign in.
   *
   * @param {string} document
   * @param {Variables} variables
   * @returns {Promise<User | null>} null: it did not
   * @throws {LatchkeyError}
   */
  signIn(document, variables) {
    return this.#tabs.alone(async () => {
      const { user, ...tokens } = payloadOf(await this.#access.send(document, variables));
      if (user) {
        this.#access.hold(tokens);
        this.#begin(user, "login");
        this.#tabs.tell({ type: "login" });
      }
      return user;
    });
  }

  /**
   * Sign out. If the server could not record it, it has not happened, and this tab is still signed in.
   *
   * @param {LogoutScope} scope
   * @returns {Promise<{ message: string, revokedSessions: number }>}
   * @throws {LatchkeyError}
   */
  signOut(scope) {
    return this.#tabs.alone(async () => {
      const { message, revokedSessions } = payloadOf(await this.#access.send(LOGOUT, { scope }));
      if (scope !== "OTHER_SESSIONS") {
        this.#end("logout");
      }
      return { message, revokedSessions };
    });
  }

  /** @param {User} user as they are after a change that was made in this tab */
  update(user) {
    if (this.#user !== null) {
      this.#user = user;
      this.#emit("updated");
    }
  }

  /** Ask again, after something that may have ended the session of this tab. */
  async check() {
    if (this.#user) {
      await this.me();
    }
  }

  /** Let go of everything. */
  close() {
    this.#listeners.clear();
    this.#access.close();
    this.#tabs.close();
  }

  /**
   * @param {string} document
   * @param {Variables} [variables]
   */
  async #runTwice(document, variables) {
    const [era, { version }] = [this.#era, this.#access];
    try {
      return await this.#access.send(document, variables);
    } catch (error) {
      // What was asked for one person is not run for another one, who has signed in meanwhile.
      if (isExpired(error) && (await this.refresh(version)) && era === this.#era) {
        return this.#access.send(document, variables);
      }
      throw error;
    }
  }

  /** @returns {Promise<User | null>} */
  async #look(mayRenew = true) {
    const { version } = this.#access;
    try {
      return (await this.#access.send(ME)).data.me;
    } catch (error) {
      if (isExpired(error) && mayRenew) {
        return (await this.#access.renew(version)) ? this.#look(false) : null;
      }
      if (!isOver(error)) {
        throw error;
      }
      if (!this.#access.isHeld) {
        return null;
      }
      // The cookies may belong to a newer session than the token that this tab holds.
      this.#access.forget();
      return this.#look(mayRenew);
    }
  }

  /**
   * @param {User} user
   * @param {Reason} reason
   */
  #begin(user, reason) {
    this.#era += 1;
    this.#user = user;
    this.#emit(reason);
  }

  /** @param {Reason} reason */
  #end(reason) {
    this.#era += 1;
    this.#access.forget();
    if (reason === "logout") {
      this.#tabs.tell({ type: "logout" });
    }
    if (this.#user === null) {
      return;
    }
    this.#user = null;
    this.#emit(reason);
    if (reason === "refresh-refused" || reason === "session-ended") {
      // What this tab was refused may have been its own affair: each of the others asks the server itself.
      this.#tabs.tell({ type: "doubt" });
    }
  }

  /** @param {Message} message */
  #hear(message) {
    if (message.type === "logout") {
      this.#end("elsewhere");
    } else if (message.type === "login") {
      this.#era += 1;
      this.#access.forget();
      this.#user ??= null;
      quietly(this.me());
    } else if (message.type === "doubt") {
      quietly(this.check());
    } else if (message.type === "renewed" && this.#user !== null) {
      this.#access.renewedElsewhere(message.expiresAt);
    }
  }

  /** @param {Reason} reason */
  #emit(reason) {
    this.#listeners.tell({ user: this.#user ?? null, reason });
  }
}

/** @param {Promise<unknown>} work that nobody waits for: what fails now is asked for again when it is needed */
function quietly(work) {
  work.catch(() => {});
}
