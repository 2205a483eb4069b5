/** Several tabs of one browser: one refreshes for all, and all of them know who is signed in. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ADA, Browser } from "./support/browser.js";
import { settled } from "./support/clock.js";

const MINUTES = 60_000;
const BOB = "bob@example.com";
const LATE = 100;

/** Give a browser whose tabs are of a person that is signed in, and whose access tokens are over. */
async function openExpired(count, has) {
  const browser = new Browser(has);
  const tabs = await browser.openTabs(count);
  tabs.forEach(({ page }) => page.show("hidden"));
  await browser.clock.pass(16 * MINUTES);
  return { browser, tabs, clients: tabs.map(({ client }) => client) };
}

function refreshes({ server }) {
  return server.calls.filter((name) => name === "Refresh").length;
}

/** Wait for what takes time too. */
async function finish(browser, work) {
  const all = Promise.all(work);
  await settled();
  await browser.clock.pass(5 * LATE);
  return all;
}

test("of tabs that need a refresh at the same time one does it, and the others go on by its cookies", async () => {
  const { browser, tabs, clients } = await openExpired(5);
  const people = await finish(browser, clients.map((client) => client.me()));
  assert.deepEqual(people.map(({ email }) => email), Array(5).fill(ADA.email));
  assert.equal(refreshes(browser), 1);
  assert.deepEqual(browser.server.bearers.slice(-4), [null, null, null, null]);
  assert.deepEqual(tabs.flatMap(({ changes }) => changes), []);
});

test("a tab that waited hears of the refresh even if the message is later than the lock", async () => {
  const { browser, clients } = await openExpired(2);
  assert.deepEqual(await finish(browser, clients.map((client) => client.refresh())), [true, true]);
  assert.equal(refreshes(browser), 1);
});

test("a tab that waited for one whose refresh got lost does it itself", async () => {
  const { browser, clients } = await openExpired(2);
  browser.server.slow = "Refresh";
  const lost = assert.rejects(clients[0].refresh(), { code: "NETWORK" });
  await settled();
  const second = clients[1].refresh();
  browser.server.slow = null;
  await browser.clock.pass(30_000);
  await lost;
  await browser.clock.pass(LATE - 1);
  assert.equal(refreshes(browser), 1);
  await browser.clock.pass(1);
  assert.equal(await second, true);
  assert.equal(refreshes(browser), 2);
});

test("a tab in which another one has refreshed meanwhile sends the cookie, and not its own token", async () => {
  const { browser, clients } = await openExpired(2);
  await finish(browser, [clients[0].refresh()]);
  assert.equal((await clients[1].me()).email, ADA.email);
  assert.equal(browser.server.bearers.at(-1), null);
  assert.equal(refreshes(browser), 1);
});

for (const has of [{ locks: false }, { channel: false }, { locks: false, channel: false }]) {
  test(`where there is ${Object.keys(has).map((name) => `no ${name}`).join(" and ")} nobody is signed out either`, async () => {
    const { browser, tabs, clients } = await openExpired(3, has);
    const people = await finish(browser, clients.map((client) => client.me()));
    assert.deepEqual(people.map(({ email }) => email), Array(3).fill(ADA.email));
    assert.deepEqual(tabs.flatMap(({ changes }) => changes), []);
  });
}

test("a sign-out in one tab signs every one out, and clears their memory", async () => {
  const browser = new Browser();
  const [first, second, third] = await browser.openTabs(3);
  await second.client.refresh();
  await first.client.logout();
  await browser.clock.pass(LATE);
  assert.deepEqual([second.changes, third.changes], [[["elsewhere", null]], [["elsewhere", null]]]);
  browser.forget(first, second, third);
  assert.deepEqual(await Promise.all([second.client.me(), third.client.me()]), [null, null]);
  assert.deepEqual(browser.server.bearers.slice(-2), [null, null]);
  assert.deepEqual([browser.messages, second.changes, browser.clock.pending], [[], [], 0]);
});

test("a sign-out reaches a tab that has not asked yet", async () => {
  const browser = new Browser();
  const first = await browser.openSignedIn();
  const second = browser.open();
  await first.client.logout();
  await browser.clock.pass(LATE);
  assert.deepEqual(second.changes, [["elsewhere", null]]);
});

test("a sign-in in one tab is one in all, with the person it is of", async () => {
  const browser = new Browser();
  const [first, second] = [browser.open(), browser.open()];
  await second.client.me();
  await first.client.login(ADA);
  await browser.clock.pass(LATE);
  assert.deepEqual(second.changes, [["elsewhere", ADA.email]]);
});

test("a sign-in of somebody else leaves no tab with the person before", async () => {
  const browser = new Browser();
  const [first, second] = await browser.openTabs(2);
  await second.client.refresh();
  await first.client.login({ ...ADA, email: BOB });
  await browser.clock.pass(LATE);
  assert.deepEqual(second.changes, [["elsewhere", BOB]]);
  assert.equal((await second.client.me()).email, BOB);
});

test("what was asked for one person is not run again for another", async () => {
  const { browser, tabs, clients } = await openExpired(2);
  browser.server.slow = "UpdateProfile";
  const update = clients[1].updateProfile({ displayName: "Ada" });
  await clients[0].login({ ...ADA, email: BOB });
  await browser.clock.pass(LATE);
  browser.server.answerSlow();
  await finish(browser, [assert.rejects(update, { code: "TOKEN_EXPIRED" })]);
  assert.equal(browser.server.calls.filter((name) => name === "UpdateProfile").length, 1);
  assert.deepEqual(tabs[1].changes, [["elsewhere", BOB]]);
});

test("an answer from before a sign-out is not believed after it", async () => {
  const browser = new Browser();
  const [first, second] = await browser.openTabs(2);
  browser.server.slow = "Me";
  const me = second.client.me();
  await settled();
  await first.client.logout();
  await browser.clock.pass(LATE);
  browser.server.answerSlow();
  assert.equal(await me, null);
  assert.deepEqual(second.changes, [["elsewhere", null]]);
});

test("a token that comes after a sign-out in another tab is nobody's", async () => {
  const { browser, tabs } = await openExpired(2, { locks: false });
  browser.server.slow = "Refresh";
  const refresh = tabs[1].client.refresh();
  await settled();
  await tabs[0].client.logout();
  await browser.clock.pass(LATE);
  browser.server.answerSlow();
  assert.equal(await refresh, false);
  assert.equal(await tabs[1].client.me(), null);
  assert.equal(browser.server.bearers.at(-1), null);
});

test("a sign-out waits for a refresh, so that its cookies are the last word", async () => {
  const { browser, clients } = await openExpired(2);
  browser.server.slow = "Refresh";
  const refresh = clients[0].refresh();
  await settled();
  const logout = clients[1].logout();
  await settled();
  assert.equal(browser.server.calls.at(-1), "Refresh");
  browser.server.answerSlow();
  assert.equal(await refresh, true);
  await logout;
  assert.equal(browser.cookies.size, 0);
});

test("where one tab was refused, the others ask the server themselves", async () => {
  const browser = new Browser();
  const [first, second, third] = await browser.openTabs(3);
  browser.server.revokeAll();
  assert.equal(await first.client.refresh(), false);
  await browser.clock.pass(LATE);
  assert.deepEqual(first.changes, [["refresh-refused", null]]);
  assert.deepEqual([second.changes, third.changes], [[["session-ended", null]], [["session-ended", null]]]);
  browser.forget();
  await browser.clock.pass(LATE);
  assert.deepEqual([browser.server.calls, browser.messages], [[], []]);
});

test("what only one tab was refused signs no other one out", async () => {
  const browser = new Browser({ locks: false });
  const [first, second] = await browser.openTabs(2);
  browser.server.refusals.Refresh = "TOKEN_REUSED";
  assert.equal(await first.client.refresh(), false);
  await browser.clock.pass(LATE);
  assert.deepEqual(second.changes, []);
});

test("without a channel a tab whose cookies have changed hands finds it out when it asks", async () => {
  const browser = new Browser({ channel: false });
  const [first, second] = await browser.openTabs(2);
  await first.client.login({ ...ADA, email: BOB });
  await second.client.refresh();
  await first.client.login(ADA);
  assert.equal((await second.client.me()).email, ADA.email);
  await first.client.logout();
  assert.equal(await second.client.me(), null);
  assert.deepEqual(second.changes, [["session-ended", null]]);
});

test("no message holds a token", async () => {
  const browser = new Browser();
  const { client } = await browser.openSignedIn();
  await client.refresh();
  await client.logout();
  const expiresAt = "2026-01-01T12:15:00.000Z";
  assert.deepEqual(browser.messages, [{ type: "renewed", expiresAt }, { type: "logout" }]);
});
