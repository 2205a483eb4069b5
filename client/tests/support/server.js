/** A server as small as it can be and still rotate, expire, revoke and bind tokens as the real one does. */

export class Server {
  /** Every operation that arrived, by its name. */
  calls = [];
  /** What each of them presented as `Authorization`, or null. */
  bearers = [];
  /** What each of them was given. */
  variables = [];
  /** What operations of other names answer. */
  answers = {};
  /** What operations are refused with: an error code by the name of the operation. */
  refusals = {};
  isOffline = false;
  /** How many milliseconds an access token is good. */
  ttl = 900_000;
  /** By how many milliseconds its clock is ahead of that of the browser. */
  ahead = 0;
  /** Operations of this name are done, but not answered yet. */
  slow = null;
  #clock;
  #count = 0;
  #live = new Map();
  #waiting = [];

  constructor(clock) {
    this.#clock = clock;
  }

  /** Give a `fetch` that keeps these cookies. */
  fetchWith(cookies) {
    return async (_, { body, headers, signal }) => {
      const { query, variables } = JSON.parse(body);
      const name = /(?:query|mutation) (\w+)/.exec(query)[1];
      this.calls.push(name);
      this.variables.push(variables);
      this.bearers.push(headers.Authorization ?? null);
      if (this.isOffline) {
        throw new TypeError("Failed to fetch");
      }
      const answer = this.#answer(name, variables, headers, cookies);
      if (name === this.slow) {
        await this.#hang(signal);
      }
      return Response.json(answer, {
        headers: { "X-Request-Id": `request ${this.calls.length}` },
      });
    };
  }

  /** Answer what is kept waiting. */
  answerSlow() {
    this.slow = null;
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }

  /** End every session, as another device can. */
  revokeAll() {
    this.#live.clear();
  }

  /** Sign somebody in, in this browser, but by no tab of ours. */
  signIn(cookies, email = "ada@example.com") {
    const session = (this.#count += 1);
    this.#live.set(session, { email, renewed: 0 });
    return this.#issue(session, cookies);
  }

  #hang(signal) {
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  #answer(name, variables, headers, cookies) {
    if (name in this.refusals) {
      return refusal(this.refusals[name]);
    }
    const handler = { Login: "login", VerifyCode: "verify", Refresh: "refreshToken", Logout: "logout" }[name];
    if (handler) {
      return this[`_${handler}`](cookies, variables);
    }
    const token = headers.Authorization?.slice("Bearer ".length) ?? cookies.get("auth-token");
    const { code, user } = this.#identify(token, cookies);
    if (code) {
      return refusal(code);
    }
    return { data: name === "Me" ? { me: user } : this.answers[name] };
  }

  #identify(token, cookies) {
    if (!token) {
      return { user: null };
    }
    const [session, , expiresAt] = token.split(" ").map(Number);
    if (expiresAt <= this.#clock.now() + this.ahead) {
      return { code: "TOKEN_EXPIRED" };
    }
    if (session !== Number(cookies.get("client_fp"))) {
      return { code: "FINGERPRINT_MISMATCH" };
    }
    const found = this.#live.get(session);
    return found ? { user: person(found.email) } : { code: "TOKEN_BLACKLISTED" };
  }

  #issue(session, cookies) {
    const expiresAt = this.#clock.now() + this.ahead + this.ttl;
    const accessToken = `${session} ${this.#live.get(session).renewed} ${expiresAt}`;
    cookies.set("auth-token", accessToken).set("refresh_token", String(session)).set("client_fp", String(session));
    return { accessToken, accessTokenExpiresAt: new Date(expiresAt).toISOString() };
  }

  _login(cookies, { input }) {
    if (input.password === "wrong") {
      const problems = [{ code: "INVALID_CREDENTIALS", message: "It is wrong.", field: "password" }];
      return { data: { auth: { login: { success: false, message: "It is wrong.", problems } } } };
    }
    return payload("auth", "login", { ...this.signIn(cookies, input.email), user: person(input.email) });
  }

  _verify(cookies, { input }) {
    if (input.purpose === "RESET_PASSWORD") {
      return payload("otp", "verify", { accessToken: null, accessTokenExpiresAt: null, user: null });
    }
    return payload("otp", "verify", { ...this.signIn(cookies, input.email), user: person(input.email) });
  }

  _refreshToken(cookies) {
    const session = Number(cookies.get("refresh_token"));
    if (!this.#live.has(session)) {
      return refusal(session ? "TOKEN_BLACKLISTED" : "UNAUTHENTICATED");
    }
    this.#live.get(session).renewed += 1;
    return payload("auth", "refreshToken", this.#issue(session, cookies));
  }

  _logout(cookies, { scope }) {
    if (scope !== "OTHER_SESSIONS") {
      this.#live.delete(Number(cookies.get("refresh_token")));
      cookies.clear();
    }
    return payload("auth", "logout", { revokedSessions: 1 });
  }
}

/** What the server knows of a person, as far as the tests look. */
export function person(email) {
  return { id: `id of ${email}`, email };
}

/** An answer that says that it was done. */
export function payload(group, field, more = {}) {
  return { data: { [group]: { [field]: { success: true, message: "Done.", problems: [], ...more } } } };
}

function refusal(code) {
  const extensions = { code, requestId: "request", ...(code === "RATE_LIMITED" ? { retryAfter: 7 } : {}) };
  return { data: null, errors: [{ message: `refused: ${code}`, extensions }] };
}
