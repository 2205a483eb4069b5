/** Events under the days on which they happened; what happened again and again is told once. */

import { element } from "./dom.js";

/** @typedef {import("./locale.js").Locale} Locale */
/** @typedef {import("../shapes.js").AuditEvent} AuditEvent */
/** @typedef {import("../shapes.js").Session} Session */

/**
 * @param {Locale} locale
 * @param {Session[]} sessions by which the device of an event is known, as long as it is signed in
 */
export function createTimeline(locale, sessions) {
  const { activity } = locale.words;
  const node = element("div", { class: "timeline" }, element("p", { class: "hint" }, activity.empty));
  let list = element("ol");
  let repeats = element("span");
  let times = 1;
  /** @type {AuditEvent | undefined} */
  let last;

  /** @param {AuditEvent} event */
  function append(event) {
    const date = locale.date(event.occurredAt);
    const isNewDay = last === undefined || locale.date(last.occurredAt) !== date;
    if (isNewDay) {
      list = element("ol");
      node.append(element("section", {}, element("h2", {}, date), list));
    }
    if (!isNewDay && isRepeated(event, last)) {
      times += 1;
      repeats.textContent = activity.times(times);
    } else {
      times = 1;
      repeats = element("span", { class: "times" });
      list.append(item(event));
    }
    last = event;
  }

  /** @param {AuditEvent} event */
  function item({ kind, outcome, reason, occurredAt, sessionId, ipAddress }) {
    const device = sessions.find((session) => session.id === sessionId)?.device;
    const facts = [reason && activity.reasons[reason], device, ipAddress].filter(Boolean);
    return element(
      "li",
      {},
      element("time", { datetime: occurredAt }, locale.time(occurredAt)),
      element(
        "div",
        {},
        element(
          "p",
          { class: "name" },
          activity.events[kind]?.[outcome] ?? kind,
          " ",
          repeats,
          " ",
          outcome === "FAILURE" && element("span", { class: "mark bad" }, activity.failed),
        ),
        element("ul", { class: "facts-in-line" }, facts.map((fact) => element("li", {}, fact))),
      ),
    );
  }

  return {
    node,
    /** @param {AuditEvent[]} events older than those that are there */
    add(events) {
      if (last === undefined && events.length > 0) node.replaceChildren();
      events.forEach(append);
    },
  };
}

/**
 * A session is refreshed every some minutes, which is worth a line but not many.
 *
 * @param {AuditEvent} event
 * @param {AuditEvent | undefined} last
 */
function isRepeated(event, last) {
  return event.kind === "REFRESH" && last?.kind === "REFRESH" && event.sessionId === last.sessionId;
}
