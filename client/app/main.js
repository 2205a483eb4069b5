/** Where the app is put together: who is signed in decides what is shown, whatever the tab was doing. */

import { createClient } from "../latchkey.js";
import { elsewhere } from "./flow.js";
import { createLayout } from "./layout.js";
import { localeOf } from "./locale.js";
import { pages } from "./pages.js";
import { explain } from "./problems.js";
import { createRouter } from "./router.js";
import { createVisits } from "./visits.js";

/** @typedef {import("./stage.js").Luggage} Luggage */
/** @typedef {import("./stage.js").User} User */

/** What is told when somebody is signed out, by the reason. @type {Record<string, Luggage["notice"]>} */
const GOODBYE = {
  logout: "signedOut",
  elsewhere: "signedOut",
  "refresh-refused": "ended",
  "session-ended": "ended",
};

/** @type {User | null} */
let user = null;
const client = createClient();
const layout = createLayout({ signOut });
const visits = createVisits({ client, layout, user: () => user, go: (...where) => router.go(...where) });
const router = createRouter({ pages, user: () => user, show: visits.show });

client.onAuthChange((change) => {
  user = change.user;
  // Somebody who has changed something in a page is still at work there, unless that page was done by it.
  if (change.reason === "updated" && elsewhere(pages[location.pathname], user) === null) return;
  // Nothing of what one person saw is there for the next one, not even while their page is made.
  if (change.reason !== "updated") visits.leave();
  router.arrive({ notice: user === null ? GOODBYE[change.reason] : undefined });
});

/** Ask who is signed in, and show what is theirs. */
async function start() {
  try {
    user = await client.me();
  } catch (error) {
    visits.fail(error, start);
    return;
  }
  router.arrive();
}

async function signOut() {
  try {
    await client.logout();
  } catch (error) {
    const locale = localeOf(user?.profile);
    layout.announce(explain(error, locale)[0].message);
  }
}

// A page that is put aside whole for the Back button may come back when somebody else sits there: what it showed
// goes, and who they are is asked again.
addEventListener("pagehide", (event) => event.persisted && visits.leave());
addEventListener("pageshow", (event) => event.persisted && void start());
addEventListener("offline", () => layout.announce(localeOf(user?.profile).words.notices.offline));
addEventListener("online", () => (visits.hasFailed() ? void start() : layout.announce("")));

void start();
