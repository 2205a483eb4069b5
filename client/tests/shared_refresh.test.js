/** A refresh that several tabs need: one does it for all, and what gets lost on the way. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ADA, openExpired } from "./support/browser.js";
import { settled } from "./support/clock.js";

const LATE = 100;

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

test("a tab that waited goes on as soon as it has heard", async () => {
  const { browser, clients } = await openExpired(2);
  browser.server.slow = "Refresh";
  const all = Promise.all(clients.map((client) => client.refresh()));
  await settled();
  browser.server.answerSlow();
  await settled();
  await browser.clock.pass(5);
  assert.deepEqual(await all, [true, true]);
});

test("a tab that cannot hear does not wait to hear", async () => {
  const { browser, clients } = await openExpired(2, { channel: false });
  assert.deepEqual(await Promise.all(clients.map((client) => client.refresh())), [true, true]);
  assert.equal(refreshes(browser), 2);
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

test("a tab that hears late that its token is over goes on by the cookies that another one got", async () => {
  const { browser, clients } = await openExpired(2);
  browser.server.slow = "Me";
  const late = clients[1].me();
  await finish(browser, [clients[0].refresh()]);
  browser.server.answerSlow();
  assert.equal((await late).email, ADA.email);
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

test("a token that comes after a sign-out in another tab is nobody's", async () => {
  const { browser, tabs } = await openExpired(2, { locks: false });
  browser.server.slow = "Refresh";
  const refresh = tabs[1].client.refresh();
  await settled();
  await tabs[0].client.logout();
  await browser.clock.pass(LATE);
  browser.server.answerSlow();
  assert.equal(await refresh, false);
  browser.forget();
  assert.equal(await tabs[1].client.me(), null);
  assert.deepEqual(browser.server.calls, ["Me"], "by the cookie that there is not, and not by that token first");
});

test("one that fails holds up nobody", async () => {
  for (const locks of [true, false]) {
    const { browser, clients } = await openExpired(1, { locks });
    browser.server.isOffline = true;
    await assert.rejects(clients[0].refresh(), { code: "NETWORK" });
    browser.server.isOffline = false;
    assert.equal(await clients[0].refresh(), true);
  }
});
