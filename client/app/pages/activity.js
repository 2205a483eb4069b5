/** What has happened with a person's account, in words, by days, page after page. */

import { createButton } from "../buttons.js";
import { element } from "../dom.js";
import { explain } from "../problems.js";
import { createTimeline } from "../timeline.js";

const PAGE = 25;

/** @type {import("../stage.js").Page} */
export const page = {
  audience: "member",
  title: (words) => words.activity.title,
  async render({ client, locale, announce }) {
    const { activity } = locale.words;
    const [first, sessions] = await Promise.all([client.auditEvents({ first: PAGE }), client.sessions()]);
    const timeline = createTimeline(locale, sessions);
    const more = createButton({ text: activity.more, look: "secondary", press: showMore });
    let after = first.endCursor;

    async function showMore() {
      try {
        const next = await client.auditEvents({ first: PAGE, after });
        add(next);
        announce(activity.added(next.events.length));
      } catch (error) {
        announce(explain(error, locale)[0].message);
      }
    }

    /** @param {import("../../shapes.js").AuditPage} found */
    function add(found) {
      timeline.add(found.events);
      after = found.endCursor;
      more.hidden = !found.hasNextPage;
    }

    add(first);
    return [element("p", { class: "lead" }, activity.lead), timeline.node, more];
  },
};
