import { parseText, placeholdersOf } from '../../../configs/checks/texts.ts';
import { MAX_VALIDATORS } from '../../../configs/settings/panel.ts';
import type { Role, RoleConfig, Settings } from '../../../configs/settings/types.ts';
import { DEFAULT_PART } from '../../../definitions/model/default-part.ts';
import { formatProblem } from '../../../definitions/documents/format-problem.ts';
import { readText } from '../../../definitions/documents/read-text.ts';
import { didYouMean } from '../../../definitions/model/did-you-mean.ts';
import type { Found } from '../../../definitions/documents/problem.ts';
import type { JsonSchema, Value } from '../../../definitions/model/types.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';
import { checkInto, checkQuery } from '../check-table-input.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { isSameColumn } from '../../imports/prompt-fields.ts';
import { runShard } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { digest } from '../../store/digest.ts';
import { quoteName } from '../../store/duckdb/database.ts';
import { openViews, type ViewReader } from '../../store/views/open-views.ts';
import { withOwnPart } from '../../store/user-tables/own-part.ts';
import { escapeGlob, isTableName, shardFile } from '../../store/paths.ts';
import type { ShardName } from '../../store/store.ts';
import { tables, type Cell } from '../../store/tables.ts';
import { tableFolderOfRun, userTablePath } from '../../store/user-tables/user-tables.ts';
import { Uncacheable } from '../../attempts/task-cache/uncacheable.ts';
import { answerForm, type AnswerForm } from './answer-columns.ts';
import { askForRow } from './ask-for-row.ts';
import { readSource, rowKeySql, sourceSql, type SourceRow } from './source-rows.ts';
import { columnsSchema, tableNameSchema } from '../table-schemas.ts';
import { withRun } from '../with-run.ts';

export interface GenerateInput {
  /** Name of a table (its rows of this run) or a SELECT (`$run` is the run's id). */
  readonly from: string;
  /** Columns that tell the rows from one another. */
  readonly key: readonly string[];
  /** Path of a text with the sections `system` (optional) and `user`; its placeholders are columns of `from`. */
  readonly text: string;
  /** Whose model is asked. */
  readonly role: Role;
  /** Table to write. */
  readonly into: string;
  /** Part of the table, where several tasks fill it. Default `part`. */
  readonly part?: string;
  /** Schema of the answer, an object whose properties become columns. Default: the answer is a text. */
  readonly schema?: JsonSchema;
  /** Answers for each row. Default 1. */
  readonly samples?: number;
  /** Rows that are finished and stored together. Default 100. */
  readonly shardSize?: number;
}

export interface GenerateOutput {
  readonly table: string;
  readonly path: string;
  readonly rowCount: number;
  /** Rows whose `error` is not null. */
  readonly errorCount: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const roles: { readonly [role: string]: (settings: Settings) => RoleConfig | undefined } = {
  base_prompt: ({ basePrompt }) => basePrompt,
  prompt_variation: ({ promptVariation }) => promptVariation,
  main_model: ({ mainModel }) => mainModel,
  ...Object.fromEntries(
    Array.from({ length: MAX_VALIDATORS }, (_, index) => [
      `validator_${index + 1}`,
      ({ validatorModel }: Settings) => validatorModel.validators[index],
    ]),
  ),
  prompt_optimization: ({ promptOptimization }) => promptOptimization,
};

/** Columns of the key that a table of PROSE's own does not have; of others the columns are not known. */
function checkKey(from: Value | undefined, key: Value | undefined): readonly Found[] {
  if (typeof from !== 'string' || !isTableName(from) || !Array.isArray(key)) return [];
  const columns = [...Object.keys(tables[from].columns), 'run'];
  return (key as readonly Value[]).flatMap((name, index): Found[] => {
    if (typeof name !== 'string' || columns.some((column) => isSameColumn(column, name))) return [];
    const message = `The table '${from}' has no column '${name}'.`;
    return [{ code: 'UNKNOWN_FIELD', message, advice: didYouMean(name, columns), at: ['key', index] }];
  });
}

/** Columns of the table besides the key and those of the answer. */
const OWN_COLUMNS = ['sample_idx', 'error', 'error_message', 'model', 'seed', 'run'];

/**
 * Any prompt for every row of any table. Answers are journalled one by one and stored in shards of `generated`; the
 * table is made of them at the end.
 */
export const generate: Activity<GenerateInput, GenerateOutput> = {
  name: 'generate',
  description: 'Asks a model about every row of a table, with a text of yours; the answers become a table.',
  taskQueue: 'gpu-generation',
  writesPart: true,
  cacheable: true,
  input: objectSchema(
    {
      from: { type: 'string', description: 'A table (its rows of this run), or a SELECT.' },
      key: {
        type: 'array',
        minItems: 1,
        items: { type: 'string' },
        description: 'Columns that tell the rows from one another.',
      },
      text: {
        type: 'string',
        description: 'Path of a text with the sections system and user; its {{placeholders}} are columns.',
      },
      role: { enum: Object.keys(roles), description: 'Whose model is asked; see configs/.' },
      into: tableNameSchema,
      part: tableNameSchema,
      schema: { type: 'object', description: 'JSON Schema of the answer; its properties become columns.' },
      samples: { type: 'integer', minimum: 1, maximum: 1000, description: 'Answers for each row; 1.' },
      shardSize: { type: 'integer', minimum: 1, maximum: 100_000, description: 'Rows stored together; 100.' },
    },
    ['part', 'schema', 'samples', 'shardSize'],
  ),
  output: objectSchema({
    table: { type: 'string' },
    path: { type: 'string' },
    rowCount: { type: 'integer' },
    errorCount: { type: 'integer' },
    columns: columnsSchema,
  }),
  reads({ from, text }, { runId }) {
    const folder = tableFolderOfRun(from, runId);
    if (folder === undefined) throw new Uncacheable("'from' is a query, which may read any table");
    return [text, folder];
  },
  async check({ from, key, text, into }, project) {
    const found: Found[] = [...checkInto(into)];
    if (typeof text === 'string') {
      const read = await readText(project.root, text);
      const wrong = read.ok ? sectionProblem(text, read.value) : undefined;
      const advice = "Write the sections 'user' and, if wanted, 'system'.";
      for (const { code, message, advice: said } of read.ok ? [] : read.problems)
        found.push({ code, message, advice: said, at: ['text'] });
      if (wrong !== undefined) found.push({ code: 'MISSING_SECTION', message: wrong, advice, at: ['text'] });
    }
    if (typeof from === 'string') found.push(...(await checkQuery(sourceSql(from), 'from', project)));
    return [...found, ...checkKey(from, key)];
  },
  async run(input, context) {
    const { root, store } = context;
    const path = userTablePath({
      table: input.into,
      run: context.run.runId,
      part: input.part ?? DEFAULT_PART,
    });
    const text = await loadText(root, input.text);
    const form = input.schema === undefined ? undefined : answerForm(input.schema);
    assertColumnsDiffer(input, form);
    const source = sourceSql(input.from);
    const views = await openViews({ backend: store.backend, run: context.run.runId });
    try {
      const rows = await readSource(views, source, input.key, text.placeholders, context);
      // Before any answer is paid for.
      return await withOwnPart(store.backend, path, context.task, async () => {
        const shards = await answerRows(input, rows, text, form, context);
        const files = await Promise.all(shards.map((shard) => globOf(shardFile(shard), context)));
        return writeTable(views, source, files, path, input, form, rows.length, context);
      });
    } finally {
      views.close();
    }
  },
};

interface Text {
  readonly content: string;
  readonly sections: readonly string[];
  readonly placeholders: readonly string[];
}

const SECTIONS = ['system', 'user'];

function sectionProblem(file: string, text: string): string | undefined {
  const sections = [...parseText(text).keys()];
  const unknown = sections.find((section) => !SECTIONS.includes(section));
  if (unknown === undefined && sections.includes('user')) return undefined;
  const found = unknown === undefined ? "has no section 'user'" : `has a section '${unknown}'`;
  return `The text '${file}' ${found}; 'user' and, if wanted, 'system' are expected.`;
}

async function loadText(root: string, file: string): Promise<Text> {
  const read = await readText(root, file);
  if (!read.ok) {
    throw new ActivityError('BAD_TEXT', read.problems.map((problem) => formatProblem(problem)).join('\n'));
  }
  const wrong = sectionProblem(file, read.value);
  if (wrong !== undefined) throw new ActivityError('BAD_TEXT', wrong);
  const contents = parseText(read.value);
  const sections = SECTIONS.filter((section) => contents.has(section));
  const placeholders = sections.flatMap((section) => placeholdersOf(contents.get(section) ?? ''));
  return { content: read.value, sections, placeholders: [...new Set(placeholders)] };
}

function assertColumnsDiffer({ key }: GenerateInput, form: AnswerForm | undefined): void {
  const answered = form === undefined ? ['answer'] : form.columns.map(({ name }) => name);
  const names = [...key, ...answered, ...OWN_COLUMNS].map((name) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new ActivityError(
    'COLUMN_CLASH',
    `The table would have two columns '${twice}'; rename the key's or the answer's.`,
  );
}

/** A committed file as DuckDB is told of it. */
async function globOf(key: string, { store }: ActivityContext): Promise<string> {
  return escapeGlob((await store.backend.localFile(key)) ?? key);
}

/** Answers all rows, shard by shard, and returns the shards. */
async function answerRows(
  input: GenerateInput,
  rows: readonly SourceRow[],
  text: Text,
  form: AnswerForm | undefined,
  context: ActivityContext,
): Promise<readonly ShardName[]> {
  const { into, role, schema, samples = 1, shardSize = 100 } = input;
  const config = roles[role]?.(context.settings);
  if (config === undefined)
    throw new ActivityError(
      'UNKNOWN_VALIDATOR',
      `There is no ${role} in configs/validator_model_config.yaml.`,
    );
  const total = rows.length * samples;
  const shards: ShardName[] = [];
  for (let start = 0; start < rows.length; start += shardSize) {
    const share = rows.slice(start, start + shardSize);
    const made = {
      into,
      text: text.content,
      role,
      schema,
      samples,
      share,
      settings: context.run.settingsDigest,
    };
    const name: ShardName = {
      table: 'generated',
      run: context.run.runId,
      shard: `${into}-${digest(made).slice(0, 16)}`,
    };
    const items = share.flatMap((row) =>
      Array.from({ length: samples }, (_, sampleIdx) => ({ row, sampleIdx })),
    );
    await runShard({
      context: {
        ...context,
        heartbeat: ({ done, unit }) => context.heartbeat({ done: start * samples + done, total, unit }),
      },
      stage: `generate ${into}`,
      name,
      split: 'all',
      unit: 'answers',
      items,
      concurrency: config.request.concurrency,
      keyOf: ({ row, sampleIdx }) => `${row.key}:${sampleIdx}`,
      call: ({ row, sampleIdx }, own) =>
        askForRow(own, {
          role,
          config,
          text: text.content,
          sections: text.sections,
          values: row.values,
          ...(form === undefined || schema === undefined ? {} : { answer: { ...form, schema } }),
          rowKey: row.key,
          sampleIdx,
          seed: deriveSeed(context.run.seed, 'generate', into, row.key, sampleIdx),
        }),
    });
    shards.push(name);
  }
  return shards;
}

async function writeTable(
  views: ViewReader,
  source: string,
  files: readonly string[],
  path: string,
  { key, into, samples = 1, from }: GenerateInput,
  form: AnswerForm | undefined,
  sourceCount: number,
  context: ActivityContext,
): Promise<GenerateOutput> {
  const quoted = key.map(quoteName);
  const answered =
    form === undefined
      ? ['g.answer']
      : form.columns.map(
          ({ name, type }) =>
            `(g.value::json ->> '$.${name}')::${type === 'JSON' ? 'VARCHAR' : type} as ${quoteName(name)}`,
        );
  const columns = [
    ...quoted.map((name) => `s.${name}`),
    'g.sample_idx',
    ...answered,
    'g.error',
    'g.error_message',
    'g.model',
    'g.seed',
  ].join(', ');
  // An empty list of files is none that DuckDB reads.
  const answers =
    files.length === 0 ? 'generated where false' : 'read_parquet($files, hive_partitioning = false)';
  const query = `select ${columns} from (select ${quoted.join(', ')}, ${rowKeySql(key)} as row_key from (${source}\n)) s
    join (from ${answers}) g using (row_key) order by s.row_key, g.sample_idx`;
  const parameters: { [name: string]: Cell | readonly Cell[] } = {
    ...withRun(source, {}, context.run.runId),
    ...(files.length === 0 ? {} : { files }),
  };
  const written = await views.exportQuery(query, parameters, path, context);
  if (written.rowCount !== sourceCount * samples) {
    throw new ActivityError(
      'SOURCE_CHANGED',
      `The rows of '${from.slice(0, 200)}' changed while they were answered.`,
      {
        retryable: true,
      },
    );
  }
  const file = await globOf(path, context);
  const counted = await views.query('select count(error)::integer from read_parquet($files)', {
    files: [file],
  });
  return { table: into, path, ...written, errorCount: Number(counted.rows[0]?.[0]) };
}
