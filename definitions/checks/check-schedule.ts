/** Checks when a definition runs by itself. */
import type { Subject } from './check.ts';
import { checkParams } from './check-params.ts';
import { findCronProblem } from './cron.ts';
import { resolveParams } from './params.ts';
import type { Found } from '../documents/problem.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import type { Schedule } from '../model/types.ts';

/** Problems `SCHEDULE_TIMES`, `BAD_CRON`, `TIME_ZONE_WITHOUT_CRON`, `UNKNOWN_TIME_ZONE` of when a Schedule runs. */
export function* findScheduleProblems({ cron, every, timeZone }: Schedule): Generator<Found> {
  if ((cron === undefined) === (every === undefined)) {
    const message = `The schedule has ${cron === undefined ? "neither 'cron' nor" : "both 'cron' and"} 'every'.`;
    yield {
      code: 'SCHEDULE_TIMES',
      message,
      advice: "Say when it runs by one of them: cron: '0 3 * * *' or every: 6h.",
      at: [],
    };
  }
  for (const [index, expression] of (cron === undefined ? [] : [cron].flat()).entries()) {
    const problem = findCronProblem(expression);
    if (problem === undefined) continue;
    yield {
      code: 'BAD_CRON',
      message: `The cron expression '${expression}' cannot be read: ${problem}.`,
      advice: "Write one such as '0 3 * * *' (every day at three) or '*/30 8-18 * * mon-fri'.",
      at: typeof cron === 'string' ? ['cron'] : ['cron', index],
    };
  }
  if (timeZone === undefined) return;
  if (every !== undefined && cron === undefined) {
    const message = "A time zone says nothing about 'every'.";
    yield {
      code: 'TIME_ZONE_WITHOUT_CRON',
      message,
      advice: "Remove it, or use 'cron'.",
      at: ['timeZone'],
    };
  } else if (!isTimeZone(timeZone)) {
    yield {
      code: 'UNKNOWN_TIME_ZONE',
      message: `There is no time zone '${timeZone}'.`,
      advice: didYouMean(timeZone, ['UTC', ...Intl.supportedValuesOf('timeZone')], 5),
      at: ['timeZone'],
    };
  }
}

/** Whether it is an IANA name; offsets such as +02:00, which some engines take, Temporal does not. */
function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Problems of `findScheduleProblems`, and `UNKNOWN_PARAM` and `WRONG_PARAM` of the schedule's params. */
export function* checkSchedule({ definition }: Subject): Generator<Found> {
  const { schedule } = definition;
  if (schedule === undefined) return;
  for (const { at, ...found } of findScheduleProblems(schedule))
    yield { ...found, at: ['schedule', ...at], place: at.length === 0 ? 'key' : 'value' };
  // Against schemas that are wrong themselves nothing can be held.
  if (checkParams({ definition }).next().done !== true) return;
  const resolved = resolveParams(definition, schedule.params ?? {});
  for (const { code, message, advice, path } of resolved.ok ? [] : resolved.problems) {
    // One that must be given may come with `prose schedule create --param`.
    if (code === 'MISSING_PARAM') continue;
    const place = code === 'UNKNOWN_PARAM' ? 'key' : 'value';
    yield { code, message, advice, at: ['schedule', 'params', path], place };
  }
}
