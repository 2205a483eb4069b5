/** Choosing a new password with a code from a mail. */

import { element } from "../dom.js";
import { codeField, emailField, passwordField } from "../fields.js";
import { createForm } from "../form.js";
import { createResend } from "../resend.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "guest",
  title: (words) => words.resetPassword.title,
  render(stage) {
    const { client, locale, luggage, go } = stage;
    const { fields, forgotPassword, resetPassword, verify } = locale.words;
    const { email } = luggage;
    const code = codeField(locale.words);
    const form = createForm({
      locale,
      fields: [
        emailField(locale.words, { value: email, readonly: email !== undefined }),
        code,
        passwordField(locale.words, { name: "newPassword", label: fields.newPassword, autocomplete: "new-password" }),
      ],
      submit: resetPassword.submit,
      async send(values) {
        await client.resetPassword(values);
        go("/sign-in", { email: values.email, notice: "passwordReset" });
      },
    });
    return [
      element("p", { class: "lead" }, email ? verify.lead(email) : verify.leadWithoutEmail),
      form,
      email && createResend(stage, { email, purpose: "RESET_PASSWORD", field: code }),
      element("p", { class: "aside" }, element("a", { href: "/sign-in" }, forgotPassword.back)),
    ];
  },
};
