/** What the client takes from the browser that it runs in. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { complete } from "../browser.js";
import { ORIGIN } from "./support/browser.js";

const OWN = Object.getOwnPropertyDescriptors(globalThis);

/** Put these in the place of what the global object has. */
function globals(values) {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

afterEach(() => {
  for (const name of ["document", "navigator", "location", "BroadcastChannel", "fetch"]) {
    delete globalThis[name];
    if (OWN[name]) {
      Object.defineProperty(globalThis, name, OWN[name]);
    }
  }
});

class Channel {
  constructor(name) {
    this.name = name;
  }
}

test("a page gives its origin, its document, its locks and a channel of the server's name", () => {
  const [document, locks] = [{}, {}];
  globals({ document, navigator: { locks }, location: { origin: ORIGIN }, BroadcastChannel: Channel });
  const parts = complete({});
  assert.deepEqual([parts.url, parts.page, parts.locks], [ORIGIN, document, locks]);
  assert.equal(parts.channel.name, `latchkey ${ORIGIN}`);
  assert.equal(complete({ url: "http://other.test/" }).channel.name, "latchkey http://other.test");
});

test("a page without locks and channels does without", () => {
  globals({ document: {}, navigator: {}, location: { origin: ORIGIN }, BroadcastChannel: undefined });
  assert.deepEqual([complete({}).locks, complete({}).channel], [null, null]);
});

test("a program that is no page has no channel, which would keep it running", () => {
  globals({ document: undefined, navigator: undefined });
  const { page, locks, channel } = complete({ url: ORIGIN });
  assert.deepEqual([page, locks, channel], [null, null, null]);
});

test("what is given comes before what there is, null included", () => {
  globals({ document: {}, navigator: { locks: {} }, BroadcastChannel: Channel });
  const given = { url: ORIGIN, page: null, locks: null, channel: null };
  const { page, locks, channel } = complete(given);
  assert.deepEqual([page, locks, channel], [null, null, null]);
});

test("fetch is looked up when it is called", async () => {
  const parts = complete({ url: ORIGIN });
  globals({ fetch: async (url) => `later: ${url}` });
  assert.equal(await parts.fetch("x"), "later: x");
});
