import { didYouMean } from '../../../definitions/model/did-you-mean.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { exactJsonText, parseExactJson, type ExactJson } from '../../imports/exact-json.ts';
import { badParquet } from '../../imports/import-files.ts';
import { ImportError } from '../../imports/import-error.ts';
import { nameOfKind } from '../../imports/json-rows.ts';
import { columnsNamedIn, fillColumns } from '../../imports/fill-columns.ts';
import { isSameColumn, readPromptFields } from '../../imports/prompt-fields.ts';
import { assertFile, kindOfFile, readRows } from '../../imports/read-rows.ts';
import type { ImportedRow } from '../../imports/rows.ts';
import { groupPrompts } from '../../wording/group-prompts.ts';
import { quoteName } from '../../store/duckdb/database.ts';
import { escapeGlob } from '../../store/paths.ts';
import type { Store } from '../../store/store.ts';

export interface UserPrompt {
  readonly prompt: string;
  readonly topic: string;
  /** The row's other columns as the text of a JSON object, values that are not there left out; absent without any. */
  readonly fields?: string;
  /** What it asks about, where its template says the same of all. Default: the prompt. */
  readonly about?: string;
}

/** What became of the rows of a prompts file; every row is a prompt, empty or repeated. */
export interface PromptsFileCounts {
  readonly rowCount: number;
  /** Rows without a prompt, and lines without anything. */
  readonly emptyCount: number;
  /**
   * Rows of which a model is sent what it is sent of another row, but for white space around the prompt; the last of them counts.
   */
  readonly repeatedCount: number;
}

export interface PromptsFile {
  readonly prompts: readonly UserPrompt[];
  readonly counts: PromptsFileCounts;
}

/** Lines that one message names. */
const MAX_NAMED = 5;
/** Fewest prompts and topics: one for each split. */
const LEAST = 4;

/**
 * The user's own base prompts: column `prompt` and, if present, `topic` of a Parquet, CSV, TSV, JSON or JSONL file, or one prompt
 * a line of a text file. Prompts are kept as they stand, and so are all other columns: no model sees those. Prompts without a
 * topic are grouped by what they ask for (`groupPrompts`), and the first of a group names it.
 *
 * @param sent other columns that the main model is sent beside the prompt: the same prompt with another value there is another
 *   prompt. Default: none.
 * @param template makes the prompts of columns, which it names as `{{input}}`; then there need be no column `prompt`, and
 *   prompts without a topic are grouped by what stands in those columns. Default: none.
 * @throws ActivityError `BAD_PROMPTS_FILE` where there are too few prompts or topics
 * @throws ImportError where the file, or a row of it, cannot be read as it stands
 * @throws StoreError `OUTSIDE_ROOT`, also where a link leads out of the project
 */
export async function readPromptsFile(
  path: string,
  store: Store,
  sent: readonly string[] = [],
  template?: string,
): Promise<PromptsFile> {
  const kind = kindOfFile(path);
  const file = await store.findNamed(path);
  if (file === undefined) throw new ImportError('FILE_MISSING', path, 'does not exist inside the project');
  await assertFile(file, path);
  const collected = new PromptCollector(path, sent, template);
  if (kind === 'parquet') await collectParquet(path, file, store, collected);
  else {
    const { rows, tally, header } = await readRows(file, path, columnsNamedIn(template ?? '')[0] ?? 'prompt');
    for await (const row of rows) collected.add(row);
    collected.addBlank(tally.blankLines);
    if (tally.rows === 0) collected.addColumns(header());
  }
  const { prompts, counts } = collected.finish();
  const found: PromptsFile = { prompts: await nameTopics(prompts), counts };
  const topicCount = new Set(found.prompts.map(({ topic }) => topic)).size;
  for (const [count, what] of [
    [found.prompts.length, 'different prompts'],
    [topicCount, 'topics'],
  ] as const) {
    if (count >= LEAST) continue;
    throw new ActivityError(
      'BAD_PROMPTS_FILE',
      `The prompts file '${path}' has ${count} ${what} (${describeCounts(found.counts)}); at least ${LEAST} are needed, since topics are split into train, select, gate and test. Prompts without a topic that ask for the same are one.`,
    );
  }
  return found;
}

/** Gives the prompts without a topic one: that of a group of such prompts is its first. */
async function nameTopics(prompts: readonly UserPrompt[]): Promise<UserPrompt[]> {
  const open = prompts.filter(({ topic }) => topic === '');
  const groups = await groupPrompts(open.map(({ prompt, about = prompt }) => about));
  const names = new Map<number, string>();
  for (const [index, group] of groups.entries())
    if (!names.has(group)) names.set(group, (open[index]?.about ?? open[index]?.prompt ?? '').trim());
  const topics = new Map(open.map((one, index) => [one, names.get(groups[index] ?? -1) ?? '']));
  return prompts.map((one) => ({ ...one, topic: topics.get(one) ?? one.topic }));
}

/** What was read, for people: `46 rows, 3 without a prompt, 2 repeated`. */
export function describeCounts({ rowCount, emptyCount, repeatedCount }: PromptsFileCounts): string {
  return [
    `${rowCount} ${rowCount === 1 ? 'row' : 'rows'}`,
    ...(emptyCount > 0 ? [`${emptyCount} without a prompt`] : []),
    ...(repeatedCount > 0 ? [`${repeatedCount} repeated`] : []),
  ].join(', ');
}

/** A prompt without what does not change what it says: case, white space, and the marks at its end. */
function asSaid(text: string): string {
  // Not NFKC, to which 2² is 22.
  const said = text.normalize('NFC').toLowerCase().replaceAll(/\s+/gu, ' ');
  return said.replace(/[\s.!?。！？؟]+$/u, '') || said;
}

type Fields = ReadonlyMap<string, ExactJson>;

/** Null where there is no such column. */
function valueIn(fields: Fields, column: string): ExactJson {
  const [, value = null] = [...fields].find(([name]) => isSameColumn(name, column)) ?? [];
  return value;
}

/** What stands in a column, as a text: nothing where there is none. */
function textIn(fields: Fields): (column: string) => string {
  return (column) => {
    const value = valueIn(fields, column);
    return typeof value === 'string' ? value : value === null ? '' : exactJsonText(value);
  };
}

/** Makes prompts of rows; what is wrong with rows is told of all of them at once. */
class PromptCollector {
  private readonly prompts = new Map<string, UserPrompt>();
  private readonly columns = new Set<string>();
  private readonly wrong: { readonly line: number; readonly what: string }[] = [];
  private rowCount = 0;
  private emptyCount = 0;
  private repeatedCount = 0;
  private hasPrompts = false;
  private readonly file: string;
  private readonly sent: readonly string[];
  private readonly template: string | undefined;
  /** Columns that the template names. */
  private readonly named: readonly string[];

  constructor(file: string, sent: readonly string[], template: string | undefined) {
    this.file = file;
    this.sent = sent;
    this.template = template;
    this.named = columnsNamedIn(template ?? '');
  }

  add({ line, cells }: ImportedRow): void {
    this.rowCount += 1;
    let prompt: ExactJson = null;
    let topic: ExactJson = null;
    const fields = new Map<string, ExactJson>();
    for (const [column, value] of cells) {
      this.columns.add(column);
      const name = column.trim().toLowerCase();
      if (name === 'prompt' && this.template === undefined) {
        prompt = value;
        this.hasPrompts = true;
      } else if (name === 'topic') topic = value;
      else if (value !== null) fields.set(column.trim(), value);
    }
    const json = fields.size === 0 ? undefined : exactJsonText(Object.fromEntries(fields));
    const about = this.template === undefined ? undefined : this.named.map(textIn(fields)).join('\n');
    if (this.template !== undefined)
      prompt = about?.trim() === '' ? null : fillColumns(this.template, readPromptFields(json));
    if (!this.isText(prompt, 'prompt', line) || !this.isText(topic, 'topic', line)) return;
    const text = (prompt ?? '').trim();
    if (prompt === null || text === '') {
      this.emptyCount += 1;
      return;
    }
    const key = JSON.stringify([
      asSaid(text),
      ...this.sent.map((name) => exactJsonText(valueIn(fields, name))),
    ]);
    const before = this.prompts.get(key);
    if (before !== undefined) this.repeatedCount += 1;
    this.prompts.set(key, {
      prompt,
      topic: (topic?.trim() || before?.topic) ?? '',
      ...(json === undefined ? {} : { fields: json }),
      ...(about === undefined ? {} : { about }),
    });
  }

  /** Columns of a file without a row. */
  addColumns(columns: readonly string[]): void {
    for (const column of columns) this.columns.add(column);
    this.hasPrompts ||= columns.some((column) => column.trim().toLowerCase() === 'prompt');
  }

  addBlank(lines: number): void {
    this.rowCount += lines;
    this.emptyCount += lines;
  }

  finish(): PromptsFile {
    if (this.wrong.length > 0) {
      const [first] = this.wrong;
      const others = this.wrong.slice(1, MAX_NAMED).map(({ line, what }) => `line ${line} ${what}`);
      const more = this.wrong.length - MAX_NAMED;
      const rest = [...others, ...(more > 0 ? [`${more} more`] : [])];
      const also = rest.length > 0 ? ` (also ${rest.join(', ')})` : '';
      const what = `${first?.what ?? ''}${also}; write it as a text`;
      throw new ImportError('NOT_TEXT', this.file, what, first === undefined ? {} : { line: first.line });
    }
    const columns = [...this.columns];
    this.assertColumns(
      columns,
      this.sent,
      (name) => `model_input/main_model_input.txt names as {{fields.${name}}}`,
    );
    this.assertColumns(columns, this.named, (name) => `the template names as {{${name}}}`);
    if (this.template === undefined && !this.hasPrompts && this.columns.size > 0) {
      const known = [...this.columns];
      const what = `has no column 'prompt' (it has ${known.slice(0, 20).join(', ')}). ${didYouMean('prompt', known)}`;
      throw new ImportError('MISSING_COLUMN', this.file, what.replace(/\.$/, ''));
    }
    const { rowCount, emptyCount, repeatedCount } = this;
    return { prompts: [...this.prompts.values()], counts: { rowCount, emptyCount, repeatedCount } };
  }

  /** @param who names a column, as the end of a clause that begins with "which". */
  private assertColumns(
    there: readonly string[],
    wanted: readonly string[],
    who: (column: string) => string,
  ): void {
    const lacking = wanted.find((name) => !there.some((column) => isSameColumn(column, name)));
    if (lacking === undefined || there.length === 0) return;
    const what = `has no column '${lacking}', which ${who(lacking)}. ${didYouMean(lacking, there)}`;
    throw new ImportError('MISSING_COLUMN', this.file, what.replace(/\.$/, ''));
  }

  private isText(value: ExactJson, column: string, line: number): value is string | null {
    if (value === null || typeof value === 'string') return true;
    this.wrong.push({ line, what: `has ${nameOfKind(value)} as its ${column}` });
    return false;
  }
}

async function collectParquet(
  path: string,
  file: string,
  store: Store,
  collected: PromptCollector,
): Promise<void> {
  const parameters = { path: escapeGlob(file) };
  const source = 'read_parquet($path, hive_partitioning = false)';
  const query = (sql: string): ReturnType<Store['query']> =>
    store.query(sql, parameters).catch((error: unknown) => {
      throw badParquet(path, error);
    });
  const described = await query(`select column_name, column_type from (describe select * from ${source})`);
  const columns = described.map((row) => String(row['column_name']));
  collected.addColumns(columns);
  const isOurs = (name: string): boolean => ['prompt', 'topic'].includes(name.trim().toLowerCase());
  for (const { column_name: name, column_type: type } of described) {
    if (type === 'VARCHAR' || !isOurs(String(name))) continue;
    throw new ImportError('NOT_TEXT', path, `has a column '${name}' of the type ${type}; write it as texts`);
  }
  if (!columns.some(isOurs)) return;
  const cells = columns.map((name) =>
    isOurs(name) ? quoteName(name) : `to_json(${quoteName(name)})::varchar as ${quoteName(name)}`,
  );
  const rows = await query(`select ${cells.join(', ')} from ${source}`);
  for (const [index, row] of rows.entries()) {
    const read = columns.map((name): [string, ExactJson] => {
      const cell = row[name] ?? null;
      return [name, isOurs(name) || cell === null ? cell : parseExactJson(String(cell))];
    });
    collected.add({ line: index + 1, cells: new Map(read) });
  }
}
