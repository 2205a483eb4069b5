/** Asking for a code to choose a new password with. */

import { element } from "../dom.js";
import { emailField } from "../fields.js";
import { createForm } from "../form.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "guest",
  title: (words) => words.forgotPassword.title,
  render({ client, locale, luggage, go }) {
    const { forgotPassword } = locale.words;
    const form = createForm({
      locale,
      fields: [emailField(locale.words, { value: luggage.email })],
      submit: forgotPassword.submit,
      async send({ email }) {
        await client.requestCode({ email, purpose: "RESET_PASSWORD" });
        go("/reset-password", { email, sentAt: Date.now() });
      },
    });
    return [
      element("p", { class: "lead" }, forgotPassword.lead),
      form,
      element("p", { class: "aside" }, element("a", { href: "/sign-in" }, forgotPassword.back)),
    ];
  },
};
