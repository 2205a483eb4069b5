/** The page where everybody arrives: who they are here, and what they say of themselves. */

import { element } from "../dom.js";
import { createForm } from "../form.js";
import { profileFields } from "../profile.js";

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "member",
  title: (words) => words.dashboard.title,
  heading: ({ locale, user }) => locale.words.dashboard.greeting(user.profile.displayName ?? user.profile.firstName),
  render({ client, locale, user, go }) {
    const { dashboard } = locale.words;
    const facts = [
      [dashboard.email, user.email],
      [dashboard.since, locale.date(user.createdAt)],
      [dashboard.lastLogin, user.lastLoginAt && locale.dateAndTime(user.lastLoginAt)],
    ];
    const form = createForm({
      locale,
      fields: profileFields(locale, user.profile),
      submit: dashboard.submit,
      async send(values) {
        await client.updateProfile(values);
        // Everything is shown anew: it may be in another language from now on.
        go("/dashboard", { notice: "saved" });
      },
    });
    return [
      section(
        dashboard.account,
        element(
          "dl",
          { class: "facts" },
          facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
        ),
      ),
      section(dashboard.profile, form),
    ];
  },
};

/**
 * @param {string} title
 * @param {Node} content
 */
function section(title, content) {
  return element("section", { class: "card" }, element("h2", {}, title), content);
}
