/** A check's outcome for other tools: JUnit XML for test reports, Markdown for pull requests. */
import { Eta } from 'eta';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { Requirement } from './requirements.ts';

export interface CheckOutcome {
  readonly run: string;
  readonly passed: boolean;
  readonly requirements: readonly Requirement[];
}

const eta = new Eta({ views: import.meta.dirname, autoTrim: ['nl', false] });

export function toJUnit({ run, requirements }: CheckOutcome): string {
  return eta.render('./junit', {
    run: neutraliseLine(run),
    requirements: requirements.map((one) => ({ ...one, found: neutraliseLine(one.found) })),
    failed: requirements.filter(({ passed }) => !passed),
  });
}

export function toMarkdown({ run, passed, requirements }: CheckOutcome): string {
  const rows = requirements.map(
    ({ name, passed: ok, found }) => `| ${ok ? '✅' : '❌'} | ${name} | ${escapeCell(found)} |`,
  );
  const title = `### ${passed ? '✅' : '❌'} prose check: ${escapeCell(run)}`;
  return [title, '', '| | asked | found |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** A text that Markdown shows as it is, in one cell: names of arms and runs are other people's. */
function escapeCell(text: string): string {
  return neutraliseLine(text).replace(/[\\`*_{}[\]()<>#+!|~@&]/gu, (sign) => `&#${sign.charCodeAt(0)};`);
}
