import { randomInt } from 'node:crypto';

/** A new run's id, e.g. `prose-20261122-193805-x7f2`: definition, UTC time, four random characters. */
export function createRunId(definition: string, now: Date = new Date()): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).replace(/[-:]/gu, '').split('T');
  const random = Array.from({ length: 4 }, () => randomInt(36).toString(36)).join('');
  return `${definition}-${date}-${time}-${random}`;
}
