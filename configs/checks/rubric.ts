/**
 * `model_input/rubric.txt`: one to twelve criteria, numbered from 1, each a line `criteria_k: Name`, a description and the levels `1 = …` to
 * `5 = …`. Lines that begin with # are comments. Pure.
 */
import type { ProblemCode } from '../../definitions/documents/problem-codes.ts';
import type { Problem } from '../../definitions/documents/problem.ts';
import { CRITERIA, type Criterion } from '../settings/criteria.ts';

interface RubricCriterion {
  /** `criteria_1`, `criteria_2`, … */
  readonly key: Criterion;
  /** What people call it, such as `Accuracy`. */
  readonly name: string;
  /** The description and the levels. */
  readonly text: string;
}

export interface Rubric {
  /** In the order of their keys. */
  readonly criteria: readonly RubricCriterion[];
  /** The rubric as validators are shown it: without comments. */
  readonly text: string;
}

const LEVELS = [1, 2, 3, 4, 5] as const;
const HEADING = /^(criteria_\w*)\s*:\s*(.*?)\s*$/;
const LEVEL = /^(\d+)\s*=\s*(.*)$/;

interface Block {
  readonly key: string;
  readonly name: string;
  readonly line: number;
  readonly lines: { readonly text: string; readonly line: number }[];
}

function scan(text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const [index, content] of text.split(/\r\n|\n|\r/).entries()) {
    if (content.startsWith('#')) continue;
    const [, key, name = ''] = HEADING.exec(content) ?? [];
    if (key === undefined) blocks.at(-1)?.lines.push({ text: content, line: index + 1 });
    else blocks.push({ key, name, line: index + 1, lines: [] });
  }
  return blocks;
}

/** The parts of a checked rubric. */
export function parseRubric(text: string): Rubric {
  const blocks = scan(text);
  const criteria = CRITERIA.flatMap((key) => {
    const block = blocks.find((one) => one.key === key);
    return block === undefined ? [] : [{ ...block, key }];
  }).map(({ key, name, lines }) => ({
    key,
    name,
    text: lines
      .map((line) => line.text)
      .join('\n')
      .trim(),
  }));
  const shown = text.split(/\r\n|\n|\r/).filter((line) => !line.startsWith('#'));
  return {
    criteria,
    text: shown.join('\n').trim(),
  };
}

/** The keys of a checked rubric's criteria, in their order. */
export function criteriaOf(text: string): readonly Criterion[] {
  return parseRubric(text).criteria.map(({ key }) => key);
}

/** A checked rubric as validators are shown it, with one of its criteria alone. */
export function rubricOfOne(text: string, key: string): string {
  const criterion = parseRubric(text).criteria.find((one) => one.key === key);
  if (criterion === undefined) throw new RangeError(`The rubric has no '${key}'.`);
  return `${key}: ${criterion.name}\n${criterion.text}`;
}

/**
 * Checks a rubric. Problems `MISSING_CRITERION` (at the last heading), `UNKNOWN_CRITERION`, `DUPLICATE_CRITERION`,
 * `CRITERION_WITHOUT_NAME`, `MISSING_LEVEL` (at the criterion's heading), `UNKNOWN_LEVEL`, `DUPLICATE_LEVEL`.
 */
export function checkRubric(text: string, file: string): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (code: ProblemCode, message: string, advice: string, path: string, line: number): void =>
    void problems.push({ code, message, advice, file, path, line, column: 1 });
  const blocks = scan(text);
  const seen = new Set<string>();
  for (const { key, name, line, lines } of blocks) {
    if (seen.has(key))
      report('DUPLICATE_CRITERION', `'${key}' stands twice.`, 'Number them from 1.', key, line);
    else if (!CRITERIA.some((known) => known === key))
      report(
        'UNKNOWN_CRITERION',
        `There is no '${key}'.`,
        `They are numbered from criteria_1 to ${CRITERIA.at(-1)} at the most.`,
        key,
        line,
      );
    if (name === '')
      report('CRITERION_WITHOUT_NAME', `'${key}' has no name.`, `Write '${key}: Name'.`, key, line);
    seen.add(key);
    const levels = new Set<number>();
    for (const { text: content, line: at } of lines) {
      const level = LEVEL.exec(content)?.[1];
      if (level === undefined) continue;
      const number = Number(level);
      if (!LEVELS.some((known) => known === number))
        report('UNKNOWN_LEVEL', `'${key}' has a level ${level}.`, 'Levels are 1 to 5.', key, at);
      else if (levels.has(number))
        report('DUPLICATE_LEVEL', `'${key}' has level ${level} twice.`, 'Keep one.', key, at);
      levels.add(number);
    }
    for (const level of LEVELS)
      if (!levels.has(level))
        report('MISSING_LEVEL', `'${key}' has no level ${level}.`, `Add a line '${level} = …'.`, key, line);
  }
  const last = CRITERIA.findLastIndex((key) => seen.has(key));
  for (const key of CRITERIA.slice(0, Math.max(1, last)))
    if (!seen.has(key)) {
      const advice = `Add a line '${key}: Name', a description and five levels.`;
      report('MISSING_CRITERION', `There is no '${key}'.`, advice, key, blocks.at(-1)?.line ?? 1);
    }
  return problems;
}
