/** A browser with tabs: what the pages of one origin have in common. */

import { createClient } from "../../latchkey.js";
import { FakeClock } from "./clock.js";
import { Server } from "./server.js";

export const ORIGIN = "http://latchkey.test";
export const ADA = { email: "ada@example.com", password: "correct horse battery staple" };

export class Browser {
  clock = new FakeClock();
  server = new Server(this.clock);
  cookies = new Map();
  /** Everything that a tab has told the others. */
  messages = [];
  #channels = new Set();
  #locks = new Locks();
  #has;

  /** @param {{ locks?: boolean, channel?: boolean }} [has] what the browser offers */
  constructor({ locks = true, channel = true } = {}) {
    this.#has = { locks, channel };
  }

  /** How many pages hear what others tell. */
  get hearing() {
    return this.#channels.size;
  }

  /** Open a page; `changes` are told to its listener. */
  open() {
    const page = new Page();
    const client = createClient({
      url: ORIGIN,
      fetch: this.server.fetchWith(this.cookies),
      locks: this.#has.locks ? this.#locks : null,
      channel: this.#has.channel ? this.#channel() : null,
      page,
      clock: this.clock,
    });
    const changes = [];
    client.onAuthChange(({ user, reason }) => changes.push([reason, user?.email ?? null]));
    return { client, page, changes };
  }

  /** Open a page and sign in; what was told and asked for that is forgotten. */
  async openSignedIn() {
    const tab = this.open();
    await tab.client.login(ADA);
    this.forget(tab);
    return tab;
  }

  /** Open this many pages of a person who is signed in, each of which knows it. */
  async openTabs(count) {
    const tabs = [await this.openSignedIn()];
    while (tabs.length < count) {
      tabs.push(this.open());
    }
    for (const { client } of tabs) {
      await client.me();
    }
    this.forget(...tabs);
    return tabs;
  }

  /** Tell the tabs something that none of them has said. */
  say(message) {
    this.#channels.forEach((channel) => channel.onmessage({ data: message }));
  }

  forget(...tabs) {
    this.server.calls.length = this.messages.length = 0;
    tabs.forEach(({ changes }) => (changes.length = 0));
  }

  #channel() {
    const channel = {
      onmessage: null,
      postMessage: (data) => {
        this.messages.push(data);
        const others = [...this.#channels].filter((other) => other !== channel);
        others.forEach((other) => this.clock.setTimeout(() => other.onmessage?.({ data: structuredClone(data) }), 5));
      },
      close: () => void this.#channels.delete(channel),
    };
    this.#channels.add(channel);
    return channel;
  }
}

/** The document of a page, which can be hidden. */
class Page extends EventTarget {
  visibilityState = "visible";
  watchers = 0;

  addEventListener(...listener) {
    super.addEventListener(...listener);
    this.watchers += 1;
  }

  removeEventListener(...listener) {
    super.removeEventListener(...listener);
    this.watchers -= 1;
  }

  show(visibilityState) {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

/** Web Locks: one holder of a name at a time, the others in the order in which they came. */
class Locks {
  #held = new Map();

  async request(name, { ifAvailable = false }, callback) {
    if (ifAvailable && this.#held.has(name)) {
      return callback(null);
    }
    const result = (this.#held.get(name) ?? Promise.resolve()).then(() => callback({ name }));
    const held = result.catch(() => {}).then(() => {
      if (this.#held.get(name) === held) {
        this.#held.delete(name);
      }
    });
    this.#held.set(name, held);
    return result;
  }
}

/** Give a browser with this many tabs, of a person who is signed in and whose access tokens are over. */
export async function openExpired(count, has) {
  const browser = new Browser(has);
  const tabs = await browser.openTabs(count);
  tabs.forEach(({ page }) => page.show("hidden"));
  await browser.clock.pass(16 * 60_000);
  return { browser, tabs, clients: tabs.map(({ client }) => client) };
}
