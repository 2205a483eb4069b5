/** The fields of a profile. */

import { selectField, textField } from "./fields.js";
import { languageOf, languages } from "./locale.js";

/** @typedef {import("./locale.js").Locale} Locale */
/** @typedef {import("../shapes.js").Profile} Profile */

/**
 * @param {Locale} locale
 * @param {Profile} profile
 */
export function profileFields({ language, words }, profile) {
  const { fields } = words;
  const spoken = languageOf(navigator.languages[0]);
  return [
    textField({ name: "firstName", label: fields.firstName, value: profile.firstName, autocomplete: "given-name" }),
    textField({ name: "lastName", label: fields.lastName, value: profile.lastName, autocomplete: "family-name" }),
    textField({ name: "displayName", label: fields.displayName, value: profile.displayName, autocomplete: "nickname" }),
    textField({
      name: "phone",
      label: fields.phone,
      hint: fields.phoneHint,
      value: profile.phone,
      type: "tel",
      autocomplete: "tel",
    }),
    selectField({
      name: "locale",
      label: fields.locale,
      value: profile.locale,
      autocomplete: "language",
      automatic: fields.automatic(new Intl.DisplayNames(language, { type: "language" }).of(spoken) ?? spoken),
      options: languages,
    }),
    selectField({
      name: "timezone",
      label: fields.timezone,
      value: profile.timezone,
      automatic: fields.automatic(spelled(Intl.DateTimeFormat().resolvedOptions().timeZone)),
      options: Intl.supportedValuesOf("timeZone").map((zone) => [zone, spelled(zone)]),
    }),
  ];
}

/** @param {string} zone */
function spelled(zone) {
  return zone.replaceAll("_", " ");
}
