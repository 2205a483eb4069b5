/** A refresh before anybody needs it: half a minute early, and only where somebody looks. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient } from "../latchkey.js";
import { ADA, Browser, ORIGIN } from "./support/browser.js";

const MINUTES = 60_000;
const DUE = 14.5 * MINUTES;

test("the token is renewed half a minute before it is over, again and again", async () => {
  const browser = new Browser();
  await browser.openSignedIn();
  await browser.clock.pass(DUE - 1);
  assert.deepEqual(browser.server.calls, []);
  await browser.clock.pass(1);
  assert.deepEqual(browser.server.calls, ["Refresh"]);
  await browser.clock.pass(DUE);
  assert.deepEqual(browser.server.calls, ["Refresh", "Refresh"]);
});

test("a hidden tab waits until it is looked at", async () => {
  const browser = new Browser();
  const { page, client } = await browser.openSignedIn();
  page.show("hidden");
  await browser.clock.pass(60 * MINUTES);
  assert.deepEqual(browser.server.calls, []);
  page.show("visible");
  await client.me();
  assert.deepEqual(browser.server.calls, ["Me", "Refresh", "Me"]);
  page.show("hidden");
  page.show("visible");
  await browser.clock.pass(0);
  assert.equal(browser.server.calls.length, 3);
});

test("a tab that is looked at before it is due does nothing", async () => {
  const browser = new Browser();
  const { page } = await browser.openSignedIn();
  page.show("hidden");
  page.show("visible");
  await browser.clock.pass(DUE - 1);
  assert.deepEqual(browser.server.calls, []);
});

test("of several tabs that are looked at one does it", async () => {
  const browser = new Browser();
  const tabs = await browser.openTabs(3);
  for (const { client } of tabs) {
    await client.refresh();
  }
  browser.forget(...tabs);
  browser.server.slow = "Refresh";
  await browser.clock.pass(DUE);
  browser.server.answerSlow();
  await browser.clock.pass(1000);
  assert.deepEqual(browser.server.calls, ["Refresh"]);
});

test("a tab heeds when the token of another one is over", async () => {
  const browser = new Browser();
  const [first, second] = await browser.openTabs(2);
  await first.client.refresh();
  await browser.clock.pass(1000);
  first.client.close();
  browser.forget(first, second);
  await browser.clock.pass(DUE - 1001);
  assert.deepEqual(browser.server.calls, []);
  await browser.clock.pass(1);
  assert.deepEqual(browser.server.calls, ["Refresh"]);
  assert.deepEqual(second.changes, []);
});

test("a refresh that nobody waited for may get lost, and is made up for when the page is looked at again", async () => {
  const browser = new Browser();
  const { changes, page } = await browser.openSignedIn();
  browser.server.isOffline = true;
  await browser.clock.pass(20 * MINUTES);
  assert.deepEqual([browser.server.calls, changes], [["Refresh"], []]);
  browser.server.isOffline = false;
  page.show("hidden");
  page.show("visible");
  await browser.clock.pass(0);
  page.show("visible");
  assert.deepEqual(browser.server.calls, ["Refresh", "Refresh"]);
});

test("a token that is good for longer than a browser can wait is no reason to refresh all the time", async () => {
  const browser = new Browser();
  browser.server.ttl = 100 * 24 * 60 * MINUTES;
  await browser.openSignedIn();
  await browser.clock.pass(20 * 24 * 60 * MINUTES);
  assert.deepEqual(browser.server.calls, []);
});

test("where there is no page nobody waits, and no timer keeps a program running", async () => {
  const { server, clock, cookies } = new Browser();
  const parts = { fetch: server.fetchWith(cookies), clock, page: null, channel: null, locks: null };
  await createClient({ url: ORIGIN, ...parts }).login(ADA);
  assert.equal(clock.pending, 0);
});

test("nobody is refreshed after a sign-out, nor signed out twice", async () => {
  const browser = new Browser();
  const { client, page } = await browser.openSignedIn();
  page.show("hidden");
  await browser.clock.pass(DUE);
  await client.logout();
  page.show("visible");
  await browser.clock.pass(60 * MINUTES);
  assert.deepEqual(browser.server.calls, ["Logout"]);
});

test("a clock that is far ahead of the server's does not make a tab refresh without end", async () => {
  const browser = new Browser();
  const { client } = browser.open();
  browser.server.ahead = -60 * MINUTES;
  await client.login(ADA);
  await browser.clock.pass(DUE);
  assert.deepEqual(browser.server.calls, ["Login"]);
  assert.equal(browser.clock.pending, 0);
});
