/** A form: it sends once at a time, and tells what is wrong beside the fields and above them. */

import { isPending, whilePending } from "./buttons.js";
import { element } from "./dom.js";
import { explain } from "./problems.js";

/** @typedef {import("./fields.js").Field} Field */
/** @typedef {import("./locale.js").Locale} Locale */
/** @typedef {any} Values what was typed or chosen, by the names of the fields */

/**
 * Make a form out of fields.
 *
 * @param {object} wanted
 * @param {Locale} wanted.locale
 * @param {Field[]} wanted.fields
 * @param {string} wanted.submit what its button says
 * @param {(values: Values) => Promise<unknown>} wanted.send what it is for; what this throws is shown to the person
 * @returns {HTMLFormElement}
 */
export function createForm({ locale, fields, submit, send }) {
  const summary = element("div", { class: "summary", role: "alert", tabindex: "-1" });
  const button = element("button", { type: "submit", class: "primary" }, submit);
  // What is missing is told by us, in the language of the page and where everything else is told.
  const form = element(
    "form",
    { novalidate: true, submit: (/** @type {Event} */ event) => void submitted(event) },
    summary,
    fields.map((field) => field.node),
    element("div", { class: "actions" }, button),
  );

  /** @param {Event} event */
  async function submitted(event) {
    event.preventDefault();
    if (isPending(button)) return;
    const lacking = missing(fields, locale);
    show(lacking);
    if (lacking.length > 0) return;
    await whilePending(button, async () => {
      try {
        await send(Object.fromEntries(fields.map((field) => [field.name, field.read()])));
      } catch (error) {
        show(explain(error, locale));
      }
    });
  }

  /** @param {import("./problems.js").Shown[]} problems */
  function show(problems) {
    for (const field of fields) {
      field.showProblem(problems.find((problem) => problem.field === field.name)?.message ?? null);
    }
    const only = problems.length === 1 && fields.find((field) => field.name === problems[0].field);
    summary.replaceChildren(...(only ? [] : listed(problems, fields, locale)));
    if (problems.length > 0) (only ? only.control : summary).focus();
  }

  return form;
}

/**
 * @param {Field[]} fields
 * @param {Locale} locale
 */
function missing(fields, { words }) {
  const empty = fields.filter(({ control, read }) => control.required && read() === "");
  return empty.map((field) => ({ field: field.name, message: words.problems.missing }));
}

/**
 * @param {import("./problems.js").Shown[]} problems
 * @param {Field[]} fields
 * @param {Locale} locale
 */
function listed(problems, fields, { words }) {
  return problems.map(({ field: name, message }) => {
    const field = fields.find((candidate) => candidate.name === name);
    if (!field) return element("p", {}, message);
    const follow = (/** @type {Event} */ event) => {
      event.preventDefault();
      field.control.focus();
    };
    const text = words.problems.of(field.label, message);
    return element("p", {}, element("a", { href: `#${field.control.id}`, click: follow }, text));
  });
}
