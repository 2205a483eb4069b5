/** Signing up: an address and a password. The name is asked for by the first steps. */

import { element } from "../dom.js";
import { emailField, passwordField } from "../fields.js";
import { createForm } from "../form.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "guest",
  title: (words) => words.signUp.title,
  render({ client, locale, go }) {
    const { fields, signUp } = locale.words;
    const form = createForm({
      locale,
      fields: [
        emailField(locale.words),
        passwordField(locale.words, { name: "password", label: fields.password, autocomplete: "new-password" }),
      ],
      submit: signUp.submit,
      async send({ email, password }) {
        await client.register({ email, password });
        go("/verify", { email, purpose: "VERIFY_EMAIL", sentAt: Date.now() });
      },
    });
    return [
      form,
      element("p", { class: "aside" }, signUp.hasAccount, " ", element("a", { href: "/sign-in" }, signUp.signIn)),
    ];
  },
};
