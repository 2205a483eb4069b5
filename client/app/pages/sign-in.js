/** Signing in with a password. */

import { LatchkeyError } from "../../latchkey.js";
import { element } from "../dom.js";
import { checkField, emailField, passwordField } from "../fields.js";
import { createForm } from "../form.js";

/** @typedef {import("../form.js").Values} Values */
/** @typedef {import("../stage.js").Stage} Stage */

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "guest",
  title: (words) => words.signIn.title,
  render(stage) {
    const { locale, luggage } = stage;
    const { fields, signIn } = locale.words;
    const form = createForm({
      locale,
      fields: [
        emailField(locale.words, { value: luggage.email }),
        passwordField(locale.words, { name: "password", label: fields.password, autocomplete: "current-password" }),
        checkField({ name: "rememberMe", label: fields.remember }),
      ],
      submit: signIn.submit,
      send: (values) => send(stage, values),
    });
    return [
      form,
      element("p", { class: "aside" }, element("a", { href: "/forgot-password" }, signIn.forgot)),
      element("p", { class: "aside" }, element("a", { href: "/sign-in-by-code" }, signIn.byCode)),
      element("p", { class: "aside" }, signIn.noAccount, " ", element("a", { href: "/sign-up" }, signIn.signUp)),
    ];
  },
};

/**
 * @param {Stage} stage
 * @param {Values} values
 */
async function send({ client, go }, { email, password, rememberMe }) {
  try {
    await client.login({ email, password, rememberMe });
  } catch (error) {
    if (!(error instanceof LatchkeyError && error.code === "EMAIL_NOT_VERIFIED")) throw error;
    const purpose = "VERIFY_EMAIL";
    await client.requestCode({ email, purpose });
    go("/verify", { email, purpose, rememberMe, sentAt: Date.now() });
  }
}
