/** Signing in without a password: the address first, then the code. */

import { element } from "../dom.js";
import { checkField, emailField } from "../fields.js";
import { createForm } from "../form.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "guest",
  title: (words) => words.signInByCode.title,
  render({ client, locale, luggage, go }) {
    const { fields, signInByCode } = locale.words;
    const form = createForm({
      locale,
      fields: [
        emailField(locale.words, { value: luggage.email }),
        checkField({ name: "rememberMe", label: fields.remember }),
      ],
      submit: signInByCode.submit,
      async send({ email, rememberMe }) {
        const purpose = "LOGIN";
        await client.requestCode({ email, purpose });
        go("/verify", { email, purpose, rememberMe, sentAt: Date.now() });
      },
    });
    return [
      element("p", { class: "lead" }, signInByCode.lead),
      form,
      element("p", { class: "aside" }, element("a", { href: "/sign-in" }, signInByCode.back)),
    ];
  },
};
