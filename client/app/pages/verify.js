/** Entering a code from a mail, which signs in: after a sign-up, or instead of a password. */

import { element } from "../dom.js";
import { checkField, codeField, emailField } from "../fields.js";
import { createForm } from "../form.js";
import { createResend } from "../resend.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "guest",
  title: (words) => words.verify.title,
  render(stage) {
    const { client, locale, luggage } = stage;
    const { fields, verify } = locale.words;
    const { email, purpose = "VERIFY_EMAIL", rememberMe } = luggage;
    const code = codeField(locale.words);
    const asked = [
      // Password managers keep the password that was just chosen together with this address.
      emailField(locale.words, { value: email, readonly: email !== undefined }),
      code,
    ];
    if (rememberMe === undefined) asked.push(checkField({ name: "rememberMe", label: fields.remember }));
    const form = createForm({
      locale,
      fields: asked,
      submit: verify.submit,
      send: (values) => client.verify({ purpose, rememberMe, ...values }),
    });
    const back = purpose === "LOGIN" ? "/sign-in-by-code" : "/sign-up";
    return [
      element("p", { class: "lead" }, email ? verify.lead(email) : verify.leadWithoutEmail),
      form,
      email && createResend(stage, { email, purpose, field: code }),
      element("p", { class: "aside" }, element("a", { href: back }, verify.back)),
    ];
  },
};
