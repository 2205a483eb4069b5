/** Signing in and out in one tab, and who is told of it. */

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";

import { ADA, Browser } from "./support/browser.js";
import { settled } from "./support/clock.js";
import { payload, person } from "./support/server.js";

test("a sign-in gives the person, and its token is sent from then on", async () => {
  const browser = new Browser();
  const { client, changes } = browser.open();
  assert.equal(await client.me(), null);
  assert.deepEqual(await client.login(ADA), person(ADA.email));
  assert.deepEqual(changes, [["login", ADA.email]]);
  assert.deepEqual(await client.me(), person(ADA.email));
  assert.deepEqual(browser.server.bearers, [null, null, `Bearer ${browser.cookies.get("auth-token")}`]);
  assert.deepEqual(changes.length, 1);
});

test("the token is in memory only, where nothing but the client reaches it", async () => {
  const browser = new Browser();
  const { client } = browser.open();
  await client.login(ADA);
  const token = browser.cookies.get("auth-token");
  const seen = inspect(client, { depth: null, showHidden: true }) + JSON.stringify([client, browser.messages]);
  assert.ok(!seen.includes(token));
});

test("a code signs in; one for a new password does not", async () => {
  const { client, changes } = new Browser().open();
  const code = { email: ADA.email, code: "123456" };
  assert.equal(await client.verify({ ...code, purpose: "RESET_PASSWORD" }), null);
  await settled();
  assert.deepEqual(changes, []);
  assert.deepEqual(await client.verify({ ...code, purpose: "LOGIN" }), person(ADA.email));
  assert.deepEqual(changes, [["login", ADA.email]]);
});

test("a sign-out forgets the token", async () => {
  const browser = new Browser();
  const { client, changes } = await browser.openSignedIn();
  assert.deepEqual(await client.logout(), { message: "Done.", revokedSessions: 1 });
  assert.deepEqual(changes, [["logout", null]]);
  assert.equal(await client.me(), null);
  assert.equal(browser.server.bearers.at(-1), null);
  assert.equal(browser.clock.pending, 0);
});

test("a sign-out of the other sessions leaves this one", async () => {
  const browser = new Browser();
  const { client, changes } = await browser.openSignedIn();
  await client.logout({ scope: "OTHER_SESSIONS" });
  assert.deepEqual(await client.me(), person(ADA.email));
  assert.deepEqual([changes, browser.messages], [[], []]);
});

test("a sign-out that the server could not record has not happened", async () => {
  const browser = new Browser();
  const { client, changes } = await browser.openSignedIn();
  browser.server.refusals.Logout = "SERVICE_UNAVAILABLE";
  await assert.rejects(client.logout(), { code: "SERVICE_UNAVAILABLE" });
  browser.server.isOffline = true;
  await assert.rejects(client.logout(), { code: "NETWORK" });
  browser.server.isOffline = false;
  assert.deepEqual(await client.me(), person(ADA.email));
  assert.deepEqual([changes, browser.messages], [[], []]);
});

for (const code of ["TOKEN_BLACKLISTED", "TOKEN_INVALID", "FINGERPRINT_MISMATCH", "UNAUTHENTICATED"]) {
  test(`an operation that is refused as ${code} ends the session of this tab`, async () => {
    const browser = new Browser();
    const { client, changes } = await browser.openSignedIn();
    browser.server.refusals.ChangePassword = code;
    const passwords = { currentPassword: "a", newPassword: "b" };
    await assert.rejects(client.changePassword(passwords), { code });
    await settled();
    assert.deepEqual(changes, [["session-ended", null]]);
  });
}

test("me finds out that the session was ended elsewhere", async () => {
  const browser = new Browser();
  const { client, changes } = await browser.openSignedIn();
  browser.server.revokeAll();
  assert.equal(await client.me(), null);
  assert.deepEqual(changes, [["session-ended", null]]);
});

for (const [name, field, end] of [
  ["RevokeSession", "revokeSession", (client) => client.revokeSession("1")],
  ["ResetPassword", "resetPassword", (client) => client.resetPassword({ ...ADA, code: "1", newPassword: "b" })],
]) {
  test(`after ${name} this tab asks whether its own session was ended`, async () => {
    const browser = new Browser();
    const { client, changes } = await browser.openSignedIn();
    browser.server.answers[name] = payload("auth", field).data;
    assert.deepEqual(await end(client), { message: "Done." });
    assert.deepEqual([browser.server.calls, changes], [[name, "Me"], []]);
    browser.server.refusals.Me = "TOKEN_BLACKLISTED";
    await end(client);
    assert.deepEqual(changes, [["session-ended", null]]);
    await end(client);
    assert.equal(browser.server.calls.at(-1), name);
  });
}

test("a change of the profile is told, with the person as they are now", async () => {
  const browser = new Browser();
  const { client, changes } = await browser.openSignedIn();
  const user = { ...person(ADA.email), needsOnboarding: false };
  browser.server.answers.UpdateProfile = payload("account", "updateProfile", { user }).data;
  browser.server.answers.CompleteOnboarding = payload("account", "completeOnboarding", { user }).data;
  assert.deepEqual(await client.updateProfile({ displayName: "Ada" }), user);
  assert.deepEqual(await client.completeOnboarding(), user);
  await settled();
  assert.deepEqual(changes, [["updated", ADA.email], ["updated", ADA.email]]);
});

test("a change that is answered after a sign-out brings nobody back", async () => {
  const browser = new Browser();
  const { client, changes } = await browser.openSignedIn();
  browser.server.answers.UpdateProfile = payload("account", "updateProfile", { user: person(ADA.email) }).data;
  browser.server.slow = "UpdateProfile";
  const update = client.updateProfile({ displayName: "Ada" });
  await client.logout();
  browser.server.answerSlow();
  await update;
  await settled();
  assert.deepEqual(changes, [["logout", null]]);
});

test("a listener that throws harms nobody else, and one that has left hears nothing", async (t) => {
  const { client } = new Browser().open();
  const heard = [];
  client.onAuthChange(() => {
    throw new Error("a listener's own");
  });
  client.onAuthChange(({ reason }) => {
    heard.push(reason);
    stop();
  });
  const stop = client.onAuthChange(() => assert.fail("has left"));
  client.onAuthChange(() => assert.fail("has left"))();
  const uncaught = [];
  t.mock.method(globalThis, "queueMicrotask", (task) =>
    Promise.resolve().then(task).catch((error) => uncaught.push(error.message)),
  );
  assert.deepEqual(await client.login(ADA), person(ADA.email));
  await settled();
  assert.deepEqual([heard, uncaught], [["login"], ["a listener's own"]]);
});

test("a client that is closed holds nothing", async () => {
  const browser = new Browser();
  const { client, changes, page } = await browser.openSignedIn();
  client.close();
  assert.deepEqual(await client.me(), person(ADA.email));
  assert.equal(browser.server.bearers.at(-1), null);
  assert.deepEqual([page.watchers, browser.hearing, browser.clock.pending], [0, 0, 0]);
  await browser.open().client.logout();
  await browser.clock.pass(1_000_000);
  assert.deepEqual(changes, []);
});

test("lists are given as lists", async () => {
  const browser = new Browser();
  const { client } = await browser.openSignedIn();
  browser.server.answers.Sessions = { me: { sessions: [{ id: "1" }] } };
  const connection = { edges: [{ node: { id: "7" } }], pageInfo: { endCursor: "c", hasNextPage: true } };
  browser.server.answers.AuditEvents = { auditEvents: connection };
  assert.deepEqual(await client.sessions(), [{ id: "1" }]);
  assert.deepEqual(await client.auditEvents({ first: 1 }), { events: [{ id: "7" }], endCursor: "c", hasNextPage: true });
});

test("who has no session has no list of them", async () => {
  const browser = new Browser();
  browser.server.signIn(browser.cookies);
  const { client, changes } = browser.open();
  await client.me();
  browser.cookies.clear();
  browser.server.answers.Sessions = { me: null };
  await assert.rejects(client.sessions(), { code: "UNAUTHENTICATED" });
  assert.deepEqual(changes, [["session-ended", null]]);
});
