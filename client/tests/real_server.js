/** The client against a real server, at LATCHKEY_URL, with its development user. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient } from "../latchkey.js";
import { CookieJar } from "./support/cookies.js";
import { block } from "./support/readme.js";

const url = process.env.LATCHKEY_URL;
const PERSON = { email: "test@example.com", password: "password" };
const SIGNED_OUT = /^$/;

/** Open a browser of its own. */
function open() {
  const jar = new CookieJar();
  const client = createClient({ url, fetch: jar.fetch });
  const changes = [];
  client.onAuthChange(({ user, reason }) => changes.push([reason, user?.email ?? null]));
  return { client, jar, changes };
}

test("signing in, asking, refreshing and signing out", async () => {
  const { client, jar, changes } = open();
  assert.equal(await client.me(), null);
  const user = await client.login({ ...PERSON, rememberMe: true });
  assert.deepEqual(await client.me(), user);
  assert.equal(user.email, PERSON.email);

  const before = jar.header;
  assert.equal(await client.refresh(), true);
  assert.notEqual(jar.header, before);
  assert.deepEqual(await client.me(), user);

  assert.deepEqual(await client.logout(), { message: "Signed out.", revokedSessions: 1 });
  assert.match(jar.header, SIGNED_OUT);
  assert.equal(await client.me(), null);
  assert.equal(await client.refresh(), false);
  assert.deepEqual(changes, [["login", PERSON.email], ["logout", null]]);
});

test("a wrong password and a weak one are problems that a form can show", async () => {
  const { client } = open();
  await assert.rejects(client.login({ ...PERSON, password: "wrong" }), { code: "INVALID_CREDENTIALS" });
  await assert.rejects(client.register({ email: "new@example.com", password: "password" }), (error) => {
    assert.equal(error.code, "WEAK_PASSWORD");
    assert.deepEqual(error.problems.map(({ field }) => field), ["password"]);
    assert.match(error.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
});

test("an account is looked after", async () => {
  const { client, changes } = open();
  await client.login(PERSON);
  assert.equal((await client.updateProfile({ displayName: "Tess" })).profile.displayName, "Tess");
  assert.equal((await client.completeOnboarding()).needsOnboarding, false);
  const { events, hasNextPage, endCursor } = await client.auditEvents({ first: 1 });
  assert.deepEqual([events.map(({ kind }) => kind), hasNextPage], [["ONBOARDED"], true]);
  const older = await client.auditEvents({ first: 1, after: endCursor, filter: { kinds: ["PROFILE_UPDATED"] } });
  assert.deepEqual(older.events.map(({ kind }) => kind), ["PROFILE_UPDATED"]);
  assert.deepEqual(changes.map(([reason]) => reason), ["login", "updated", "updated"]);
});

test("mail and codes are asked for, and a wrong code signs nobody in", async () => {
  const { client } = open();
  const { email } = PERSON;
  assert.ok((await client.register({ email: "new@example.com", password: "a tall green kettle" })).message);
  assert.ok((await client.requestCode({ email, purpose: "LOGIN" })).message);
  await assert.rejects(client.verify({ email, code: "xxxxxx", purpose: "LOGIN" }), { code: "OTP_INVALID" });
  const reset = { email, code: "xxxxxx", newPassword: "a tall green kettle" };
  await assert.rejects(client.resetPassword(reset), { code: "OTP_INVALID" });
  await client.login(PERSON);
  const change = { currentPassword: "wrong", newPassword: "a tall green kettle" };
  await assert.rejects(client.changePassword(change), { code: "INVALID_CREDENTIALS" });
});

test("a session that another browser ends is over here", async () => {
  const [here, there] = [open(), open()];
  await here.client.login(PERSON);
  await there.client.login(PERSON);
  const mine = (await here.client.sessions()).find(({ isCurrent }) => isCurrent);
  assert.ok((await there.client.revokeSession(mine.id)).message);
  await assert.rejects(here.client.sessions(), { code: "TOKEN_BLACKLISTED" });
  assert.deepEqual(here.changes.at(-1), ["session-ended", null]);
  assert.equal(there.changes.at(-1)[0], "login");
  const own = (await there.client.sessions()).find(({ isCurrent }) => isCurrent);
  await there.client.revokeSession(own.id);
  assert.deepEqual(there.changes.at(-1), ["session-ended", null]);
  assert.match(there.jar.header, SIGNED_OUT);
});

test("a server that renders pages knows who asks by the cookies that it passes on", async () => {
  const { currentUser } = await block("server.js");
  const { client, jar } = open();
  const asked = () => currentUser(new Request("http://localhost/", { headers: { Cookie: jar.header } }));
  assert.equal(await asked(), null);
  await client.login(PERSON);
  const copy = jar.header;
  assert.equal((await asked()).email, PERSON.email);
  await client.logout();
  assert.equal(await asked(), null);
  assert.equal(await currentUser(new Request("http://localhost/", { headers: { Cookie: copy } })), null);
});
