/** What is around every page: the way to its content, the menu, and the place where things are told. */

import { createButton } from "./buttons.js";
import { element } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./stage.js").Locale} Locale */
/** @typedef {import("./stage.js").Words} Words */

/** @type {(keyof Words["nav"])[]} */
const MENU = ["dashboard", "sessions", "password", "activity"];

/** @param {{signOut: () => Promise<void>}} parts */
export function createLayout({ signOut }) {
  const skip = element("a", { class: "skip", href: "#content", click: skipped });
  // It stays when the page changes: an image that is made anew is asked for anew, which fails without a network.
  const name = element("span");
  const image = element("img", { src: "/client/app/icon.svg", alt: "", width: 28, height: 28 });
  const brand = element("a", { class: "brand", href: "/" }, image, name);
  const ways = element("div", { class: "ways" });
  const header = element("header", { class: "bar" }, brand, ways);
  // A live region is heard only if it was there before what it tells.
  const notice = element("div", { class: "notice", role: "status" });
  const content = element("div", { class: "page" });
  const main = element("main", { id: "content", tabindex: "-1" }, notice, content);
  document.body.replaceChildren(skip, header, main);

  /** @param {Event} event */
  function skipped(event) {
    // Followed, it would be an address of its own, at which the page begins anew.
    event.preventDefault();
    main.focus();
  }

  return {
    /**
     * @param {Locale} locale
     * @param {string | null} address of the page that is marked in the menu; null if there is to be no menu
     */
    frame({ language, words }, address) {
      document.documentElement.lang = language;
      document.body.classList.toggle("member", address !== null);
      skip.textContent = words.skip;
      name.textContent = words.brand;
      ways.replaceChildren();
      if (address !== null) {
        ways.append(menu(words, address), createButton({ text: words.signOut, look: "quiet", press: signOut }));
      }
    },
    /**
     * @param {string} title
     * @param {Child[]} below
     * @returns {HTMLElement} the heading
     */
    show(title, below) {
      const heading = element("h1", { tabindex: "-1" }, title);
      content.replaceChildren(heading, element("div", { class: "below" }, below));
      return heading;
    },
    clear: () => content.replaceChildren(),
    /** @param {string} text */
    announce: (text) => void (notice.textContent = text),
    /** @param {boolean} isBusy */
    wait: (isBusy) => void (main.ariaBusy = isBusy ? "true" : null),
  };
}

/**
 * @param {Words} words
 * @param {string} address
 */
function menu(words, address) {
  const links = MENU.map((name) => {
    const current = `/${name}` === address && "page";
    return element("li", {}, element("a", { href: `/${name}`, "aria-current": current }, words.nav[name]));
  });
  return element("nav", { "aria-label": words.menu }, element("ul", {}, links));
}
