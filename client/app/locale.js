/** The language and the time zone of the page: the person's own, once it is known who they are. */

import { createFormats } from "./formats.js";
import { words as de } from "./strings/de.js";
import { words as en } from "./strings/en.js";

/** @typedef {import("./strings/en.js").Words} Words */
/** @typedef {{language: string, words: Words} & ReturnType<typeof createFormats>} Locale */

/** @type {Record<string, Words>} */
const LANGUAGES = { en, de };

/** The languages of the app: the code of each, and its name in itself. @type {[string, string][]} */
export const languages = Object.entries(LANGUAGES).map(([code, words]) => [code, words.language]);

/**
 * Choose a locale: the first language that the app speaks, the profile's before those of the browser.
 *
 * @param {{locale: string | null, timezone: string | null} | undefined} profile
 * @returns {Locale}
 */
export function localeOf(profile) {
  const wanted = [profile?.locale ?? "", ...navigator.languages];
  const tag = wanted.find((candidate) => Object.hasOwn(LANGUAGES, languageOf(candidate))) ?? "en";
  const language = languageOf(tag);
  const words = LANGUAGES[language];
  return { language, words, ...createFormats(tag, known(profile?.timezone), words.now) };
}

/** @param {string} tag as in de-AT */
export function languageOf(tag) {
  return tag.split("-")[0].toLowerCase();
}

/**
 * A browser may be older than the time zone that somebody lives in.
 *
 * @param {string | null | undefined} timezone
 */
function known(timezone) {
  return timezone && Intl.supportedValuesOf("timeZone").includes(timezone) ? timezone : undefined;
}
