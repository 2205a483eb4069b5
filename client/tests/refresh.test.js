/** An access token that is over: one refresh for everybody, and what a failed one means. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Browser } from "./support/browser.js";
import { settled } from "./support/clock.js";

const MINUTES = 60_000;
const WATCH = "query Watch { watch }";

/** Open a hidden page of a person who is signed in, and wait until the access token is over. */
async function openExpired() {
  const browser = new Browser();
  const tab = await browser.openSignedIn();
  browser.server.answers.Watch = { watch: 1 };
  tab.page.show("hidden");
  await browser.clock.pass(16 * MINUTES);
  return { browser, server: browser.server, ...tab };
}

test("an operation is run again after one refresh, and nobody notices", async () => {
  const { client, server, changes } = await openExpired();
  assert.deepEqual(await client.fetchGraphQL(WATCH), { watch: 1 });
  assert.deepEqual(server.calls, ["Watch", "Refresh", "Watch"]);
  assert.deepEqual(changes, []);
});

test("the new token is the one that is sent from then on", async () => {
  const { client, server } = await openExpired();
  await client.fetchGraphQL(WATCH);
  await client.me();
  const [first, refresh, second, third] = server.bearers.slice(-4);
  assert.equal(refresh, null);
  assert.notEqual(second, first);
  assert.equal(third, second);
});

test("ten that find it out at the same time share one refresh", async () => {
  const { client, server } = await openExpired();
  const all = Array.from({ length: 10 }, () => client.fetchGraphQL(WATCH));
  assert.equal((await Promise.all(all)).length, 10);
  assert.equal(server.calls.filter((name) => name === "Refresh").length, 1);
});

test("an operation that hears late that its token is over finds the new one", async () => {
  const { client, server } = await openExpired();
  server.slow = "Watch";
  const late = [client.fetchGraphQL(WATCH), client.fetchGraphQL(WATCH)];
  await client.me();
  server.answerSlow();
  assert.deepEqual(await Promise.all(late), [{ watch: 1 }, { watch: 1 }]);
  assert.equal(server.calls.filter((name) => name === "Refresh").length, 1);
});

test("those who share a refresh share its failure too", async () => {
  for (const code of ["TOKEN_BLACKLISTED", "SERVICE_UNAVAILABLE"]) {
    const { client, server } = await openExpired();
    server.refusals.Refresh = code;
    await Promise.allSettled(Array.from({ length: 10 }, () => client.fetchGraphQL(WATCH)));
    assert.equal(server.calls.filter((name) => name === "Refresh").length, 1);
  }
});

test("me refreshes once by itself", async () => {
  const { client, server, changes } = await openExpired();
  assert.equal((await client.me()).email, "ada@example.com");
  assert.deepEqual(server.calls, ["Me", "Refresh", "Me"]);
  assert.deepEqual(changes, []);
});

test("an operation is run twice at the most", async () => {
  const { client, server, changes } = await openExpired();
  server.refusals.Watch = "TOKEN_EXPIRED";
  await assert.rejects(client.fetchGraphQL(WATCH), { code: "TOKEN_EXPIRED" });
  assert.deepEqual(server.calls, ["Watch", "Refresh", "Watch"]);
  server.refusals.Me = "TOKEN_EXPIRED";
  await assert.rejects(client.me(), { code: "TOKEN_EXPIRED" });
  assert.deepEqual(changes, []);
});

const OVER = ["TOKEN_BLACKLISTED", "TOKEN_REUSED", "TOKEN_INVALID", "UNAUTHENTICATED", "FINGERPRINT_MISMATCH"];

for (const code of [...OVER, "TOKEN_EXPIRED"]) {
  test(`a refresh that is refused as ${code} signs out`, async () => {
    const { client, server, changes } = await openExpired();
    server.refusals.Refresh = code;
    await assert.rejects(client.fetchGraphQL(WATCH), { code: "TOKEN_EXPIRED" });
    await settled();
    assert.deepEqual(changes, [["refresh-refused", null]]);
    assert.equal(await client.refresh(), false);
    assert.equal(server.bearers.at(-1), null);
    assert.equal(changes.length, 1);
  });
}

for (const code of ["SERVICE_UNAVAILABLE", "RATE_LIMITED", "INTERNAL_SERVER_ERROR", "CSRF_REJECTED"]) {
  test(`a refresh that fails as ${code} signs nobody out`, async () => {
    const { client, server, changes } = await openExpired();
    server.refusals.Refresh = code;
    await assert.rejects(client.fetchGraphQL(WATCH), { code });
    await assert.rejects(client.me(), { code });
    await assert.rejects(client.refresh(), { code });
    delete server.refusals.Refresh;
    assert.deepEqual(await client.fetchGraphQL(WATCH), { watch: 1 });
    assert.deepEqual(changes, []);
  });
}

test("a refresh that the network loses signs nobody out, and the next one is as good", async () => {
  const { client, server, changes } = await openExpired();
  server.isOffline = true;
  await assert.rejects(client.refresh(), { code: "NETWORK" });
  await assert.rejects(client.fetchGraphQL(WATCH), { code: "NETWORK" });
  server.isOffline = false;
  assert.deepEqual(await client.fetchGraphQL(WATCH), { watch: 1 });
  assert.deepEqual(changes, []);
});

test("an operation that the network loses is not run again: it may have been done", async () => {
  const browser = new Browser();
  const { client } = await browser.openSignedIn();
  browser.server.isOffline = true;
  await assert.rejects(client.updateProfile({ displayName: "Ada" }), { code: "NETWORK" });
  assert.deepEqual(browser.server.calls, ["UpdateProfile"]);
});

test("refresh tells whether somebody is signed in afterwards", async () => {
  const browser = new Browser();
  const { client } = browser.open();
  assert.equal(await client.refresh(), false);
  browser.server.signIn(browser.cookies);
  assert.equal(await client.refresh(), true);
});

test("a page that was just opened goes on by the cookie, and tells nobody what it finds", async () => {
  const browser = new Browser();
  browser.server.signIn(browser.cookies);
  await browser.clock.pass(16 * MINUTES);
  const { client, changes } = browser.open();
  assert.equal((await client.me()).email, "ada@example.com");
  assert.deepEqual(browser.server.bearers.slice(0, 2), [null, null]);
  assert.deepEqual(changes, []);
});

test("a page that was just opened with the cookies of an ended session is nobody's", async () => {
  const browser = new Browser();
  browser.server.signIn(browser.cookies);
  browser.server.revokeAll();
  const { client, changes } = browser.open();
  assert.equal(await client.me(), null);
  await browser.clock.pass(16 * MINUTES);
  assert.equal(await client.me(), null);
  assert.deepEqual(changes, []);
});
