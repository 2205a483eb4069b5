/** urql and Apollo Client, the real ones, on the lines that README.md has for them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { Client, gql as urqlGql } from "@urql/core";

import { LatchkeyError } from "../latchkey.js";
import { Browser } from "./support/browser.js";
import { block } from "./support/readme.js";

const { latchkeyExchange } = await block("urql.js");
const { latchkeyLink } = await block("apollo.js");

const MINUTES = 60_000;
const WATCH = "query Watch($of: ID) { watch(of: $of) { id } }";
const WATCHED = { watch: { __typename: "Watch", id: "1" } };

/** Each gives a function that runs an operation and resolves to its data and its error. */
const CLIENTS = {
  urql: (latchkey) => {
    const urql = new Client({ url: "/graphql", exchanges: [latchkeyExchange(latchkey)] });
    return async (variables) => {
      const { data, error } = await urql.query(urqlGql(WATCH), variables).toPromise();
      return { data, error: error?.networkError };
    };
  },
  Apollo: (latchkey) => {
    const apollo = new ApolloClient({ cache: new InMemoryCache(), link: latchkeyLink(latchkey) });
    return async (variables) => {
      const query = { query: gql(WATCH), variables, fetchPolicy: "network-only", errorPolicy: "all" };
      return apollo.query(query);
    };
  },
};

for (const [name, clientOf] of Object.entries(CLIENTS)) {
  test(`${name} sends the token, and its variables`, async () => {
    const { browser, run } = await open(clientOf);
    assert.deepEqual((await run({ of: "1" })).data, WATCHED);
    assert.deepEqual(browser.server.calls, ["Watch"]);
    assert.deepEqual(browser.server.variables.at(-1), { of: "1" });
    assert.equal(browser.server.bearers.at(-1), `Bearer ${browser.cookies.get("auth-token")}`);
  });

  test(`${name} does not notice that a token is over`, async () => {
    const { browser, run, page } = await open(clientOf);
    page.show("hidden");
    await browser.clock.pass(16 * MINUTES);
    const results = await Promise.all([run({ of: "1" }), run({ of: "2" })]);
    assert.deepEqual(results.map(({ data }) => data), [WATCHED, WATCHED]);
    assert.equal(browser.server.calls.filter((call) => call === "Refresh").length, 1);
  });

  test(`${name} gives the error of the server, which signs out`, async () => {
    const { browser, run, changes } = await open(clientOf);
    browser.server.revokeAll();
    const { data, error } = await run({ of: "1" });
    assert.ok(error instanceof LatchkeyError);
    assert.equal(error.code, "TOKEN_BLACKLISTED");
    assert.equal(data ?? null, null);
    assert.deepEqual(changes, [["session-ended", null]]);
  });
}

async function open(clientOf) {
  const browser = new Browser();
  const tab = await browser.openSignedIn();
  browser.server.answers.Watch = WATCHED;
  return { browser, run: clientOf(tab.client), ...tab };
}
