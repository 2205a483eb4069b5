/** The first steps: both names, without which there is no going on. */

import { element } from "../dom.js";
import { textField } from "../fields.js";
import { createForm } from "../form.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "newcomer",
  title: (words) => words.onboarding.title,
  render({ client, locale, user }) {
    const { fields, onboarding } = locale.words;
    const { firstName, lastName } = user.profile;
    const form = createForm({
      locale,
      fields: [
        textField({
          name: "firstName",
          label: fields.firstName,
          value: firstName,
          autocomplete: "given-name",
          required: true,
        }),
        textField({
          name: "lastName",
          label: fields.lastName,
          value: lastName,
          autocomplete: "family-name",
          required: true,
        }),
      ],
      submit: onboarding.submit,
      async send(values) {
        await client.updateProfile(values);
        await client.completeOnboarding();
      },
    });
    return [element("p", { class: "lead" }, onboarding.lead), form];
  },
};
