/** Several tabs of one browser: all of them know who is signed in. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ADA, Browser, openExpired } from "./support/browser.js";
import { settled } from "./support/clock.js";

const BOB = "bob@example.com";
const LATE = 100;

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

test("a sign-in reaches a tab that has not asked yet", async () => {
  const browser = new Browser();
  const [first, second] = [browser.open(), browser.open()];
  await first.client.login(ADA);
  await browser.clock.pass(LATE);
  assert.deepEqual(second.changes, [["elsewhere", ADA.email]]);
});

test("a sign-in of somebody else leaves no tab with the person before", async () => {
  const browser = new Browser();
  const [first, second] = await browser.openTabs(2);
  await second.client.refresh();
  browser.forget();
  await first.client.login({ ...ADA, email: BOB });
  await browser.clock.pass(LATE);
  assert.deepEqual(second.changes, [["elsewhere", BOB]]);
  assert.deepEqual(browser.server.calls, ["Login", "Me"]);
  assert.equal((await second.client.me()).email, BOB);
});

test("what was asked for one person is not run again for another", async () => {
  const { browser, tabs, clients } = await openExpired(2);
  browser.server.slow = "UpdateProfile";
  const update = clients[1].updateProfile({ displayName: "Ada" });
  await clients[0].login({ ...ADA, email: BOB });
  await browser.clock.pass(LATE);
  browser.server.answerSlow();
  await assert.rejects(update, { code: "TOKEN_EXPIRED" });
  assert.equal(browser.server.calls.filter((name) => name === "UpdateProfile").length, 1);
  assert.deepEqual(tabs[1].changes, [["elsewhere", BOB]]);
});

test("what the person before was refused does not end the session of the one after", async () => {
  const browser = new Browser();
  const [first, second] = await browser.openTabs(2);
  browser.server.refusals.UpdateProfile = "TOKEN_BLACKLISTED";
  browser.server.slow = "UpdateProfile";
  const update = assert.rejects(second.client.updateProfile({}), { code: "TOKEN_BLACKLISTED" });
  await first.client.login({ ...ADA, email: BOB });
  await browser.clock.pass(LATE);
  browser.server.answerSlow();
  await update;
  assert.deepEqual(second.changes, [["elsewhere", BOB]]);
});

test("an answer from before a sign-in is not believed after it", async () => {
  const browser = new Browser();
  const [first, second] = await browser.openTabs(2);
  browser.server.slow = "Me";
  const me = second.client.me();
  await settled();
  await first.client.login({ ...ADA, email: BOB });
  browser.server.isOffline = true;
  await browser.clock.pass(LATE);
  browser.server.isOffline = false;
  browser.server.answerSlow();
  assert.equal((await me).email, BOB);
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

for (const [what, act] of [
  ["out", (client) => client.logout()],
  ["in", (client) => client.login(ADA)],
]) {
  for (const locks of [true, false]) {
    test(`a sign-${what} waits for a refresh, ${locks ? "of another tab" : "of its own tab"}, and is the last word`, async () => {
      const { browser, clients } = await openExpired(2, { locks });
      browser.server.slow = "Refresh";
      const refresh = clients[0].refresh();
      await settled();
      const sign = act(clients[locks ? 1 : 0]);
      await settled();
      assert.equal(browser.server.calls.at(-1), "Refresh");
      browser.server.answerSlow();
      assert.equal(await refresh, true);
      await sign;
      assert.equal(browser.cookies.size, what === "out" ? 0 : 3);
    });
  }
}

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

test("what nobody understands is not heard", async () => {
  const browser = new Browser();
  const [, tab] = await browser.openTabs(2);
  for (const message of [null, "logout", { type: "news" }]) {
    browser.say(message);
  }
  await browser.clock.pass(LATE);
  assert.deepEqual([tab.changes, browser.server.calls], [[], []]);
});

test("no message holds a token", async () => {
  const browser = new Browser();
  const { client } = await browser.openSignedIn();
  await client.refresh();
  await client.logout();
  const expiresAt = "2026-01-01T12:15:00.000Z";
  assert.deepEqual(browser.messages, [{ type: "renewed", expiresAt }, { type: "logout" }]);
});
