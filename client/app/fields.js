/** The fields of a form: each has a label, perhaps a hint, and a place for what is wrong with it. */

import { element } from "./dom.js";

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */
/** @typedef {import("./locale.js").Words} Words */

/**
 * @typedef {object} Field
 * @property {string} name as the server's inputs call it, which is how its problems find their place
 * @property {string} label
 * @property {Node} node
 * @property {Control} control
 * @property {() => string | boolean} read
 * @property {(message: string | null) => void} showProblem
 */

/**
 * @typedef {object} Wanted
 * @property {string} name
 * @property {string} label
 * @property {string} [hint]
 * @property {string | null} [value]
 */

/**
 * @param {Wanted & {type?: string, autocomplete: string, required?: boolean, inputmode?: string, readonly?: boolean}} wanted
 * @returns {Field}
 */
export function textField({ name, label, hint, ...attributes }) {
  // Nothing that is typed here is prose, and a name is no mistake.
  const control = element("input", { type: "text", spellcheck: "false", autocapitalize: "off", name, ...attributes });
  return labelled({ name, label, hint }, control);
}

/**
 * @param {Words} words
 * @param {{value?: string | null, readonly?: boolean}} [attributes]
 */
export function emailField(words, attributes = {}) {
  // `username` is what password managers look for; the type is what phones choose their keyboard by.
  return textField({
    name: "email",
    label: words.fields.email,
    type: "email",
    autocomplete: "username",
    required: true,
    ...attributes,
  });
}

/**
 * @param {Words} words
 * @param {{name: string, label: string, autocomplete: "current-password" | "new-password"}} wanted
 * @returns {Field}
 */
export function passwordField(words, { name, label, autocomplete }) {
  const control = element("input", { type: "password", name, autocomplete, required: true, autocapitalize: "off" });
  const reveal = element(
    "button",
    { type: "button", class: "reveal", "aria-pressed": "false", "aria-label": words.fields.reveal(label), click: toggle },
    words.fields.show,
  );
  function toggle() {
    const shown = control.type === "password";
    control.type = shown ? "text" : "password";
    reveal.setAttribute("aria-pressed", String(shown));
  }
  const hint = autocomplete === "new-password" ? words.fields.passwordHint : undefined;
  return labelled({ name, label, hint }, control, element("div", { class: "with-reveal" }, control, reveal));
}

/**
 * @param {Words} words
 * @returns {Field}
 */
export function codeField(words) {
  // There is no maxlength: it would cut off a pasted code that has a space in its middle.
  const field = textField({
    name: "code",
    label: words.fields.code,
    hint: words.fields.codeHint,
    autocomplete: "one-time-code",
    inputmode: "numeric",
    required: true,
  });
  field.control.classList.add("code");
  return { ...field, read: () => field.control.value.replace(/\D/g, "") };
}

/**
 * A choice among some values, one of which is to leave it open. What is chosen now can be kept, whatever it is.
 *
 * @param {Wanted & {automatic: string, options: [value: string, text: string][], autocomplete?: string}} wanted
 * @returns {Field}
 */
export function selectField({ name, label, hint, value, automatic, options, autocomplete }) {
  const isOther = value && !options.some(([key]) => key === value);
  const all = [["", automatic], ...(isOther ? [[value, value]] : []), ...options];
  const choices = all.map(([key, text]) => element("option", { value: key, selected: key === (value ?? "") }, text));
  return labelled({ name, label, hint }, element("select", { name, autocomplete }, choices));
}

/**
 * @param {{name: string, label: string}} wanted
 * @returns {Field}
 */
export function checkField({ name, label }) {
  const control = element("input", { type: "checkbox", name });
  const node = element("label", { class: "check" }, control, label);
  return { name, label, node, control, read: () => control.checked, showProblem: () => {} };
}

/**
 * @param {Wanted} wanted
 * @param {Control} control
 * @param {Node} [place] what holds the control, if it does not stand alone
 * @returns {Field}
 */
function labelled({ name, label, hint }, control, place = control) {
  control.id = `field-${name}`;
  const problem = element("p", { class: "problem", id: `${control.id}-problem`, hidden: true });
  const told = hint && element("p", { class: "hint", id: `${control.id}-hint` }, hint);
  const described = told ? `${told.id} ${problem.id}` : problem.id;
  control.setAttribute("aria-describedby", described);
  const node = element("div", { class: "field" }, element("label", { for: control.id }, label), place, told, problem);
  /** @param {string | null} message */
  function showProblem(message) {
    problem.textContent = message;
    problem.hidden = message === null;
    control.ariaInvalid = message === null ? null : "true";
  }
  return { name, label, node, control, read: () => control.value, showProblem };
}
