/** Requests of three families in one file, and the checks that know by a row's `family` what a right answer is. */
import type { CheckConfig } from '../../configs/settings/checks.ts';
import { drawRows, families, type TaskRow } from '../proof/tasks.ts';

/** Which class a thing is of, the small model hardly knows, whatever the wording. */
const learnable = families.filter(({ name }) => name !== 'classification');

/** The requests of all families for a seed, so many of each. */
export function drawMixedRows(seed: number, count: number): TaskRow[] {
  return learnable.flatMap((family) =>
    drawRows(family, seed, count).map((row) => ({
      ...row,
      family: family.name,
      topic: `${family.name}: ${row.topic}`,
    })),
  );
}

/** What the families' own checks measure, in one query: how much of an answer is right, and whether all of it is. */
const PARTS = `
  select key, case family
    when 'sentiment' then is_named / greatest(named, 1)
    when 'extraction' then (is_json + has_name + has_age) / 3.0
    else numbered / lines * case when lines = wanted then 1.0 else 0.5 end end as score,
  case family
    when 'sentiment' then is_named = 1 and named = 1 and length(output) < 300
    when 'extraction' then is_json + has_name + has_age = 3
    else numbered = lines and lines = wanted end as passed
  from (
    select *, (fields::json ->> 'family') as family,
      contains(lower(output), expected)::integer as is_named,
      len(list_filter(string_split(coalesce(fields::json ->> 'labels', ''), ' '),
        lambda one: one <> '' and contains(lower(output), one))) as named,
      (data is not null)::integer as is_json,
      coalesce((data ->> 'name') = expected, false)::integer as has_name,
      coalesce((data ->> 'age') = (fields::json ->> 'age'), false)::integer as has_age,
      len(string_split(trim(output), chr(10))) as lines,
      len(list_filter(string_split(trim(output), chr(10)), lambda one: regexp_matches(one, '^[0-9][.] '))) as numbered,
      coalesce(try_cast(fields::json ->> 'count' as integer), 0) as wanted
    from (
      select *, try_cast(regexp_extract(output, '^\\s*(?:\x60{3}(?:json)?\\s*)?([^\x60]*?)\\s*(?:\x60{3}\\s*)?$', 1) as json) as data
      from answers))`;

/** One that learning hears, and the referee, which it never does. */
export const mixedChecks: readonly [CheckConfig, CheckConfig] = [
  { name: 'parts', use: 'criterion', sql: `select key, score from (${PARTS})` },
  { name: 'is-right', use: 'referee', sql: `select key, passed from (${PARTS})` },
];

/**
 * The same, with chance in the place of the first: what learning hears says nothing of an answer, so that the pairs that come of it
 * are as shuffled. Whatever is gained with them, training alone does.
 */
export const shuffledChecks: readonly [CheckConfig, CheckConfig] = [
  { name: 'parts', use: 'criterion', sql: 'select key, (hash(key) % 5) / 4.0 as score from answers' },
  mixedChecks[1],
];
