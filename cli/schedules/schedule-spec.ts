/** When a Schedule runs: from a definition's words to Temporal's, and from Temporal's to a line for people. */
import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { durationMs } from '../../definitions/model/duration.ts';
import type { OverlapPolicy, Schedule } from '../../definitions/model/types.ts';
import { formatDuration } from '../text/duration-text.ts';

type TemporalPolicy = ScheduleDescription['policies']['overlap'];

/** Temporal's name of each policy. */
export const overlapPolicies: { readonly [policy in OverlapPolicy]: NonNullable<TemporalPolicy> } = {
  skip: 'SKIP',
  bufferOne: 'BUFFER_ONE',
  bufferAll: 'BUFFER_ALL',
  cancelOther: 'CANCEL_OTHER',
  terminateOther: 'TERMINATE_OTHER',
  allowAll: 'ALLOW_ALL',
};

/** A checked schedule as Temporal takes it. */
export function toTemporal(schedule: Schedule): Pick<ScheduleOptions, 'spec' | 'policies'> {
  const { cron, every, timeZone, overlap = 'skip', jitter, catchupWindow, pauseOnFailure } = schedule;
  return {
    spec: {
      ...(cron !== undefined && { cronExpressions: [cron].flat() }),
      ...(every !== undefined && { intervals: [{ every: durationMs(every) }] }),
      ...(timeZone !== undefined && { timezone: timeZone }),
      ...(jitter !== undefined && { jitter: durationMs(jitter) }),
    },
    policies: {
      overlap: overlapPolicies[overlap],
      ...(catchupWindow !== undefined && { catchupWindow: durationMs(catchupWindow) }),
      ...(pauseOnFailure !== undefined && { pauseOnFailure }),
    },
  };
}

/** The name that definitions have for a policy of Temporal's. */
export function overlapOf(policy: TemporalPolicy): OverlapPolicy {
  const names = Object.keys(overlapPolicies) as OverlapPolicy[];
  return names.find((name) => overlapPolicies[name] === policy) ?? 'skip';
}

/** When it runs, in a line: `0 3 * * * (Europe/Berlin)`, `every 6h 00m`. */
export function sayTimes({ calendars = [], intervals = [], timezone, jitter = 0 }: SpecDescription): string {
  const crons = calendars.map((calendar) =>
    [calendar.minute, calendar.hour, calendar.dayOfMonth, calendar.month, calendar.dayOfWeek]
      .map((ranges, field) => sayRanges(ranges, extents[field] ?? ''))
      .join(' '),
  );
  // Temporal describes a Schedule without a time zone by an empty one.
  const zone = crons.length === 0 ? '' : ` (${timezone || 'UTC'})`;
  const times = [...crons, ...intervals.map(({ every }) => `every ${formatDuration(every)}`)].join(', ');
  return `${times}${zone}${jitter > 0 ? `, up to ${formatDuration(jitter)} later` : ''}`;
}

type SpecDescription = ScheduleDescription['spec'];
type Ranges = readonly {
  readonly start: string | number;
  readonly end: string | number;
  readonly step: number;
}[];

/** What the whole range of each cron field looks like. */
const extents = ['0-59', '0-23', '1-31', 'jan-dec', 'sun-sat'];

function sayRanges(ranges: Ranges, extent: string): string {
  const texts = ranges.map(({ start, end, step }) => {
    const [first, last] = [short(start), short(end)];
    const range = first === last ? first : `${first}-${last}`;
    return `${range === extent ? '*' : range}${step > 1 ? `/${step}` : ''}`;
  });
  return texts.length === 0 ? '*' : texts.join(',');
}

function short(value: string | number): string {
  return typeof value === 'number' ? String(value) : value.slice(0, 3).toLowerCase();
}
