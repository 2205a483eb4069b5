/** Where a person is signed in, and how to end it there. */

import { createButton } from "../buttons.js";
import { element } from "../dom.js";
import { explain } from "../problems.js";

/** @typedef {import("../stage.js").Stage} Stage */
/** @typedef {import("../../shapes.js").Session} Session */

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "member",
  title: (words) => words.sessions.title,
  async render(stage) {
    const { client, locale } = stage;
    const { sessions: words } = locale.words;
    const sessions = await client.sessions();
    const others = sessions.filter((session) => !session.isCurrent);
    const here = sessions.filter((session) => session.isCurrent);
    const endOthers = () => end(stage, "othersEnded", () => client.logout({ scope: "OTHER_SESSIONS" }));
    return [
      element("p", { class: "lead" }, words.lead),
      element("ul", { class: "cards" }, [...here, ...others].map((session) => item(stage, session))),
      others.length > 0
        ? createButton({ text: words.endOthers, look: "secondary", press: endOthers })
        : element("p", { class: "hint" }, words.alone),
    ];
  },
};

/**
 * @param {Stage} stage
 * @param {Session} session
 */
function item(stage, session) {
  const { client, locale } = stage;
  const { sessions: words } = locale.words;
  const device = session.device ?? words.unknown;
  const used = locale.ago(session.lastUsedAt);
  const facts = [session.ipAddress, words.used(used), words.opened(locale.ago(session.createdAt))];
  const button = createButton({
    text: words.end,
    label: words.endWhich(device, used),
    look: "secondary",
    press: () => end(stage, "sessionEnded", () => client.revokeSession(session.id)),
  });
  return element(
    "li",
    { class: "card row" },
    element(
      "div",
      {},
      element("p", { class: "name" }, device, " ", session.isCurrent && element("span", { class: "mark" }, words.current)),
      element("ul", { class: "facts-in-line" }, facts.map((fact) => fact && element("li", {}, fact))),
    ),
    // This one is ended by signing out, which is in the menu and says so.
    !session.isCurrent && button,
  );
}

/**
 * @param {Stage} stage
 * @param {"sessionEnded" | "othersEnded"} notice
 * @param {() => Promise<unknown>} work
 */
async function end({ locale, go, announce }, notice, work) {
  try {
    await work();
    go("/sessions", { notice });
  } catch (error) {
    announce(explain(error, locale)[0].message);
  }
}
