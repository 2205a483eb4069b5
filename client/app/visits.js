/** Visits to pages: one at a time, and what belongs to the last one ends with it. */

import { createButton } from "./buttons.js";
import { element } from "./dom.js";
import { localeOf } from "./locale.js";
import { explain } from "./problems.js";

/** @typedef {import("./stage.js").Luggage} Luggage */
/** @typedef {import("./stage.js").MemberStage} MemberStage */
/** @typedef {import("./stage.js").Page} Page */
/** @typedef {import("./stage.js").User} User */

/**
 * @param {object} parts
 * @param {import("./stage.js").Client} parts.client
 * @param {ReturnType<typeof import("./layout.js").createLayout>} parts.layout
 * @param {() => User | null} parts.user
 * @param {(address: string, luggage?: Luggage) => void} parts.go
 */
export function createVisits({ client, layout, user, go }) {
  let visit = new AbortController();
  let isFirst = true;
  let hasFailed = false;

  /**
   * Show a page, as soon as it has what it needs; until then the one before stays.
   *
   * @param {Page} page
   * @param {string} address
   * @param {Luggage} luggage
   */
  async function show(page, address, luggage) {
    const left = begin();
    const locale = localeOf(user()?.profile);
    const isMembers = page.audience === "member";
    layout.frame(locale, isMembers ? address : null);
    layout.announce(luggage.notice ? locale.words.notices[luggage.notice] : "");
    // The router has seen to it that a page for somebody who is signed in is shown to nobody else.
    const stage = /** @type {MemberStage} */ ({
      client,
      locale,
      luggage,
      left,
      user: user(),
      // What a page has begun may end when the person is elsewhere, and does not take them away from there.
      go: (...where) => left.aborted || go(...where),
      announce: (text) => left.aborted || layout.announce(text),
    });
    try {
      const below = await page.render(stage);
      if (!left.aborted) end(page.title(locale.words), page.heading?.(stage), below);
    } catch (error) {
      if (!left.aborted) fail(error, () => show(page, address, luggage));
    }
  }

  /**
   * Tell that something could not be shown, and offer to try again.
   *
   * @param {unknown} error
   * @param {() => Promise<void>} again
   */
  function fail(error, again) {
    begin();
    const locale = localeOf(user()?.profile);
    const { title, again: text } = locale.words.failure;
    const problems = explain(error, locale).map(({ message }) => element("p", { role: "alert" }, message));
    const button = createButton({ text, look: "primary", press: again });
    if (user() === null) layout.frame(locale, null);
    end(title, undefined, [...problems, button]);
    hasFailed = true;
  }

  /** End the visit that is going on, with everything that it shows. */
  function leave() {
    begin();
    layout.clear();
  }

  function begin() {
    visit.abort();
    visit = new AbortController();
    hasFailed = false;
    layout.wait(true);
    return visit.signal;
  }

  /**
   * @param {string} title
   * @param {string | undefined} heading
   * @param {import("./dom.js").Child[]} below
   */
  function end(title, heading, below) {
    layout.wait(false);
    document.title = `${title} · ${document.title.split(" · ").at(-1)}`;
    const shown = layout.show(heading ?? title, below);
    // Whoever arrives by the address bar starts at the top as always; a new page within the app has to say so.
    if (!isFirst) shown.focus();
    isFirst = false;
  }

  return { show, fail, leave, hasFailed: () => hasFailed };
}
