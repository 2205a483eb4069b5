/** One operation to the server: what is sent, and what becomes of each kind of answer. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { LatchkeyError, createClient } from "../latchkey.js";
import { ADA, Browser, ORIGIN } from "./support/browser.js";
import { settled } from "./support/clock.js";

/** Make a client of which each request gets this answer, and give what was requested. */
function answering(answer) {
  const requests = [];
  const client = createClient({
    url: `${ORIGIN}/somewhere?else`,
    fetch: async (url, init) => {
      requests.push({ url, init });
      return answer();
    },
  });
  return { client, requests };
}

test("an operation is posted as JSON, with cookies, and to no cache", async () => {
  const { client, requests } = answering(() => Response.json({ data: { me: null } }));
  assert.deepEqual(await client.fetchGraphQL("query ($id: ID!) { x }", { id: "1", not: undefined }), { me: null });
  const [{ url, init }] = requests;
  assert.equal(url, `${ORIGIN}/graphql`);
  assert.equal(init.method, "POST");
  assert.equal(init.credentials, "include");
  assert.equal(init.cache, "no-store");
  assert.deepEqual(init.headers, {
    Accept: "application/graphql-response+json",
    "Content-Type": "application/json",
  });
  assert.deepEqual(JSON.parse(init.body), { query: "query ($id: ID!) { x }", variables: { id: "1" } });
});

test("what was typed wrongly is an error with problems, of which the first gives the code", async () => {
  const tab = new Browser().open();
  await assert.rejects(tab.client.login({ ...ADA, password: "wrong" }), (error) => {
    assert.ok(error instanceof LatchkeyError);
    assert.equal(error.code, "INVALID_CREDENTIALS");
    assert.equal(error.message, "It is wrong.");
    assert.deepEqual(error.problems, [{ code: "INVALID_CREDENTIALS", message: "It is wrong.", field: "password" }]);
    assert.equal(error.requestId, "request 1");
    assert.equal(error.retryAfter, null);
    return true;
  });
  assert.deepEqual(tab.changes, []);
});

test("a refusal is an error with the server's code, and says when to come back", async () => {
  const browser = new Browser();
  browser.server.refusals.Login = "RATE_LIMITED";
  await assert.rejects(browser.open().client.login(ADA), {
    name: "LatchkeyError",
    code: "RATE_LIMITED",
    message: "refused: RATE_LIMITED",
    problems: [],
    retryAfter: 7,
    requestId: "request",
  });
});

test("an error without a code is the server's own failure", async () => {
  const { client } = answering(() => Response.json({ errors: [{ message: "?" }] }));
  await assert.rejects(client.fetchGraphQL("{ x }"), { code: "INTERNAL_SERVER_ERROR", message: "?" });
});

test("a lost connection is NETWORK, with its cause", async () => {
  const cause = new TypeError("Failed to fetch");
  const { client } = answering(() => Promise.reject(cause));
  await assert.rejects(client.me(), { name: "LatchkeyError", code: "NETWORK", cause });
});

for (const [what, answer] of Object.entries({
  "the page of a proxy": () => new Response("<h1>Bad Gateway</h1>", { status: 502 }),
  "an empty answer": () => new Response(""),
  "JSON that is no object": () => Response.json(null),
  "an object of somebody else": () => Response.json({ status: "ok" }),
})) {
  test(`${what} is NETWORK: the server did not say anything`, async () => {
    await assert.rejects(answering(answer).client.me(), { code: "NETWORK" });
  });
}

test("a request that is not answered within half a minute is given up", async () => {
  const browser = new Browser();
  const { client } = browser.open();
  browser.server.slow = "Me";
  const me = assert.rejects(client.me(), { code: "NETWORK" });
  await browser.clock.pass(29_999);
  assert.equal(browser.clock.pending, 1);
  await browser.clock.pass(1);
  await me;
  await settled();
  assert.equal(browser.clock.pending, 0);
});
