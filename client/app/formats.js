/** Instants and spans as people write them, in one language and one time zone. */

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const MONTH = 30 * 86_400;

/**
 * @param {string} language
 * @param {string | undefined} timeZone the machine's own, if it is undefined
 * @param {string} now what is less than a minute ago
 */
export function createFormats(language, timeZone, now) {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone });
  const datesAndTimes = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone });
  const times = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone });

  /** @param {string} instant */
  const date = (instant) => dates.format(new Date(instant));

  return {
    date,
    /** @param {string} instant */
    dateAndTime: (instant) => datesAndTimes.format(new Date(instant)),
    /** @param {string} instant */
    time: (instant) => times.format(new Date(instant)),
    /** @param {string} instant what lies more than a month back is a date */
    ago(instant) {
      const seconds = Math.max(0, (Date.now() - Date.parse(instant)) / 1000);
      const unit = UNITS.find(([, length]) => seconds >= length);
      if (seconds > MONTH) return date(instant);
      return unit ? relative.format(-Math.floor(seconds / unit[1]), unit[0]) : now;
    },
    /** @param {number} seconds from now */
    until(seconds) {
      const [name, length] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1];
      return relative.format(Math.ceil(seconds / length), name);
    },
  };
}
