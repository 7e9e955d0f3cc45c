import assert from 'node:assert/strict';
import { findCronProblem } from '../../../definitions/checks/cron.ts';
import { loadDefinitionText } from '../../../definitions/load.ts';
import { sampleContext } from '../sample-catalogue.ts';

const head = `name: sample
params: { size: { type: integer, minimum: 1, default: 3 }, must: { type: string } }
tasks: { only: { activity: doNothing } }
`;

function check(schedule: string): readonly string[] {
  const checked = loadDefinitionText(`${head}${schedule}\n`, 'definitions/sample.yaml', sampleContext);
  return checked.ok ? [] : checked.problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe('the schedule of a definition', () => {
  it('may say everything', () => {
    const all = `schedule:
  cron: ['0 3 * * *', '*/20 8-18/2 1,15 jan-mar mon-fri', '@daily']
  timeZone: Europe/Berlin
  overlap: bufferOne
  jitter: 5m
  catchupWindow: 1h
  pauseOnFailure: true
  params: { size: 5 }`;
    assert.deepEqual(check(all), []);
    assert.deepEqual(check('schedule: { every: 6h }'), []);
  });

  it('says when, in exactly one way', () => {
    assert.deepEqual(check('schedule: { overlap: skip }'), ['4:1 SCHEDULE_TIMES']);
    assert.deepEqual(check("schedule: { cron: '@daily', every: 6h }"), ['4:1 SCHEDULE_TIMES']);
  });

  it('is checked as far as can be where a param has no valid schema', () => {
    const text = `name: sample
params: { size: { type: integer, items: { type: strin } } }
tasks: { only: { activity: doNothing } }
schedule: { every: 6h, params: { size: 5 } }
`;
    const checked = loadDefinitionText(text, 'definitions/sample.yaml', sampleContext);
    assert.ok(!checked.ok && checked.problems.some(({ code }) => code === 'BAD_PARAM_SCHEMA'));
  });

  it('has every mistake told at its place', () => {
    assert.deepEqual(check("schedule: { cron: ['0 3 * * *', '0 25 * * *'] }"), ['4:33 BAD_CRON']);
    assert.deepEqual(check("schedule: { cron: '@daily', timeZone: Europe/Berln }"), [
      '4:39 UNKNOWN_TIME_ZONE',
    ]);
    assert.deepEqual(check('schedule: { every: 6h, timeZone: Europe/Berlin }'), [
      '4:34 TIME_ZONE_WITHOUT_CRON',
    ]);
    assert.deepEqual(check('schedule: { every: sometimes }'), ['4:20 BAD_DURATION']);
    assert.deepEqual(check('schedule: { every: 6h, overlap: never }'), ['4:33 WRONG_VALUE']);
    assert.deepEqual(check('schedule: { every: 6h, params: { size: 0, sise: 1 } }'), [
      '4:40 WRONG_PARAM',
      '4:43 UNKNOWN_PARAM',
    ]);
  });

  it('is checked although something else is wrong', () => {
    assert.deepEqual(check("schedule: { cron: 'x', jitter: often }"), ['4:19 BAD_CRON', '4:32 BAD_DURATION']);
    assert.deepEqual(check('schedule: { cron: 5 }'), ['4:19 WRONG_TYPE']);
  });
});

describe('findCronProblem', () => {
  it('takes a range of one number, and none that ends before it begins', () => {
    assert.equal(findCronProblem('5-5 0-0 * * *'), undefined);
    assert.match(findCronProblem('6-5 * * * *') ?? '', /minute.*before it begins/);
  });

  it('names the field that is wrong', () => {
    const wrong = {
      '60 * * * *': /minute/,
      '0 24 * * *': /hour/,
      '0 0 0 * *': /day of month/,
      '0 0 1 13 *': /month/,
      '0 0 1 janu *': /month/,
      '0 0 * * 8': /day of week/,
      '*/0 * * * *': /minute .*step/,
      '5-1 * * * *': /minute .*before it begins/,
      '1-2-3 * * * *': /minute/,
      '1, * * * *': /minute/,
      '0 0 * *': /4 fields/,
      '': /0 fields/,
      '@sometimes': /@daily/,
    };
    for (const [expression, problem] of Object.entries(wrong))
      assert.match(findCronProblem(expression) ?? 'accepted', problem, expression);
  });
});

describe('a cron expression', () => {
  it('is refused where its day never comes', () => {
    for (const never of [
      '0 3 30 2 *',
      '0 0 31 4,6,9,11 *',
      '0 0 31 feb *',
      '0 0 30/1 2 *',
      '* * 31 2-2 *',
      '0 0 31 4/5 *',
    ])
      assert.match(findCronProblem(never) ?? 'none', /never comes/, never);
    for (const now of [
      '0 3 29 2 *',
      '0 0 30,1 2 *',
      '0 0 31 */2 *',
      '0 0 31 * *',
      '0 0 31 2-3 *',
      '0 0 31 4/1 *',
      '0 0 * 2 *',
    ])
      assert.equal(findCronProblem(now), undefined, now);
  });
});
