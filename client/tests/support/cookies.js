/** Cookies for Node, whose `fetch` keeps none. */

export class CookieJar {
  #cookies = new Map();

  /** What a browser would send. */
  get header() {
    return [...this.#cookies].map((cookie) => cookie.join("=")).join("; ");
  }

  fetch = async (url, init) => {
    const response = await fetch(url, { ...init, headers: { ...init.headers, Cookie: this.header } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)="?([^";]*)/.exec(line);
      if (value) {
        this.#cookies.set(name, value);
      } else {
        this.#cookies.delete(name);
      }
    }
    return response;
  };
}
