/** Points in time as texts. Pure; runs inside the workflow sandbox. */

/** RFC 3339, seconds optional: without a zone a time would depend on the machine. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since the epoch; undefined for what is no time with a zone, such as `2027-01-31T08:00:00+01:00`. */
export function parseTimestamp(text: string): number | undefined {
  const time = TIMESTAMP.test(text) ? Date.parse(text.toUpperCase().replace(' ', 'T')) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
