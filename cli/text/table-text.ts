/** A table as people and programs read it. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';

export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const widestCell = 60;

/** Aligned columns, numbers to the right, long cells cut with `…`; as many lines as rows, and two for the head. */
export function formatTable({ columns: names, rows }: TextTable): string[] {
  const columns = names.map(neutraliseLine);
  const cells = rows.map((row) => row.map((value) => cut(neutraliseLine(textOf(value)))));
  const widths = columns.map((name, column) =>
    cells.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), name.length),
  );
  const isNumeric = columns.map((_, column) =>
    rows.every(
      (row) => row[column] == null || typeof row[column] === 'number' || typeof row[column] === 'bigint',
    ),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return isNumeric[column] === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...cells.map((row) => line(row)),
  ];
}

/** Lines of CSV as RFC 4180 has it; null is an empty field. */
export function formatCsv(rows: TextTable['rows']): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

function csvField(value: unknown): string {
  const text = value == null ? '' : textOf(value);
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function textOf(value: unknown): string {
  if (value == null) return 'null';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length <= widestCell ? text : `${text.slice(0, widestCell - 1)}…`;
}
