/** From the address in the bar to a page, and back: History, links and the Back button. */

import { elsewhere } from "./flow.js";

/** @typedef {import("./stage.js").Luggage} Luggage */
/** @typedef {import("./stage.js").Page} Page */
/** @typedef {import("./stage.js").User} User */

/**
 * @param {object} parts
 * @param {Record<string, Page>} parts.pages by their addresses
 * @param {() => User | null} parts.user who is signed in
 * @param {(page: Page, address: string, luggage: Luggage) => void} parts.show
 */
export function createRouter({ pages, user, show }) {
  /**
   * Show the page of the address in the bar, or the one that whoever is signed in is led to instead.
   *
   * @param {Luggage} [luggage] that of the history, unless it is given
   */
  function arrive(luggage = history.state ?? {}) {
    const instead = elsewhere(pages[location.pathname], user());
    const { notice, ...kept } = luggage;
    // What leads on is replaced, so that Back does not lead on again. A notice is told once.
    if (instead === null) history.replaceState(kept, "");
    else history.replaceState({}, "", instead);
    show(pages[location.pathname], location.pathname, instead === null ? luggage : { notice });
  }

  /**
   * @param {string} address
   * @param {Luggage} [luggage]
   */
  function go(address, luggage = {}) {
    if (address !== location.pathname) history.pushState(luggage, "", address);
    scrollTo(0, 0);
    arrive(luggage);
  }

  /** @param {MouseEvent} event */
  function follow(event) {
    const link = event.target instanceof Element && event.target.closest("a");
    if (!link || event.defaultPrevented || event.button !== 0 || isModified(event)) return;
    if (link.origin !== location.origin || link.hash || !(link.pathname in pages || link.pathname === "/")) return;
    event.preventDefault();
    go(link.pathname);
  }

  addEventListener("popstate", () => arrive());
  document.addEventListener("click", follow);
  return { arrive, go };
}

/** @param {MouseEvent} event */
function isModified({ altKey, ctrlKey, metaKey, shiftKey }) {
  return altKey || ctrlKey || metaKey || shiftKey;
}
