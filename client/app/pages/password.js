/** Changing the password, knowing the present one. */

import { element } from "../dom.js";
import { emailField, passwordField } from "../fields.js";
import { createForm } from "../form.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "member",
  title: (words) => words.password.title,
  render({ client, locale, user, go }) {
    const { fields, password } = locale.words;
    const form = createForm({
      locale,
      fields: [
        // It says to a password manager whose password this is, and to a person with several accounts as well.
        emailField(locale.words, { value: user.email, readonly: true }),
        passwordField(locale.words, {
          name: "currentPassword",
          label: fields.currentPassword,
          autocomplete: "current-password",
        }),
        passwordField(locale.words, { name: "newPassword", label: fields.newPassword, autocomplete: "new-password" }),
      ],
      submit: password.submit,
      async send({ currentPassword, newPassword }) {
        await client.changePassword({ currentPassword, newPassword });
        go("/password", { notice: "passwordChanged" });
      },
    });
    return [element("p", { class: "lead" }, password.lead), form];
  },
};
