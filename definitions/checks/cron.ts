/** Cron expressions: what Temporal takes of them, said field by field. Pure. */

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names for numbers from `least` on. */
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  {
    name: 'month',
    least: 1,
    most: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  {
    name: 'day of week',
    least: 0,
    most: 7,
    names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  },
];

const SHORTHANDS: ReadonlySet<string> = new Set(['@yearly', '@monthly', '@weekly', '@daily', '@hourly']);

/**
 * What is wrong with a cron expression, in a sentence that names the field; undefined if nothing is. An expression is
 * five fields (minute, hour, day of month, month, day of week), each a list of `*`, numbers, names and ranges with
 * steps, or one of `@yearly`, `@monthly`, `@weekly`, `@daily`, `@hourly`.
 */
export function findCronProblem(expression: string): string | undefined {
  const text = expression.trim().toLowerCase();
  if (text.startsWith('@')) {
    return SHORTHANDS.has(text) ? undefined : `'${text}' is none of ${[...SHORTHANDS].join(', ')}`;
  }
  const parts = text.split(/\s+/);
  if (parts.length !== FIELDS.length) {
    const found = text === '' ? 0 : parts.length;
    return `it has ${found} fields; five are expected: ${FIELDS.map(({ name }) => name).join(', ')}`;
  }
  for (const [index, field] of FIELDS.entries()) {
    for (const item of (parts[index] ?? '').split(',')) {
      const problem = findItemProblem(item, field);
      if (problem !== undefined) return `the ${field.name} ${problem}`;
    }
  }
  return findNever(parts[2] ?? '', parts[3] ?? '');
}

/** Most days of each month; February has 29 now and then. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day that none of its months has, such as 30 February: it would never come. */
function findNever(days: string, months: string): string | undefined {
  const [, , dayField, monthField] = FIELDS;
  if (dayField === undefined || monthField === undefined) return undefined;
  const first = Math.min(...days.split(',').map((item) => firstOf(item, dayField)));
  const longest = DAYS.filter((_, index) =>
    months.split(',').some((item) => holds(item, index + 1, monthField)),
  );
  if (first <= Math.max(...longest)) return undefined;
  return `the day of month ${first} never comes in the month ${months}`;
}

function firstOf(item: string, field: Field): number {
  const [range = ''] = item.split('/');
  return range === '*' || range === '?'
    ? field.least
    : (numberOf(range.split('-')[0] ?? '', field) ?? field.least);
}

/** Whether a number is one of those that an item stands for. */
function holds(item: string, number: number, field: Field): boolean {
  const [range = '', step = '1'] = item.split('/');
  const start = firstOf(item, field);
  const [, end] = range.split('-');
  const isOpen = range === '*' || range === '?' || item.includes('/');
  const last = end === undefined ? (isOpen ? field.most : start) : (numberOf(end, field) ?? field.most);
  return number >= start && number <= last && (number - start) % Number(step) === 0;
}

function findItemProblem(item: string, field: Field): string | undefined {
  const [range = '', step, ...rest] = item.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step)))
    return `'${item}' has a step that is no whole number above 0, such as */15`;
  if (range === '*' || (range === '?' && field.name.startsWith('day'))) return undefined;
  const [start, end, ...more] = range.split('-').map((text) => numberOf(text, field));
  const isRange = range.includes('-');
  if (start === undefined || (isRange && end === undefined) || more.length > 0) {
    const names = field.names === undefined ? '' : ` or ${field.names.join(', ')}`;
    return `'${item}' is no number from ${field.least} to ${field.most}${names}, no range of them and no *`;
  }
  if (end !== undefined && end < start) return `'${item}' is a range that ends before it begins`;
  return undefined;
}

function numberOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return least + named;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= least && number <= most ? number : undefined;
}
