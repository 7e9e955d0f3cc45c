import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Store } from '../../store/store.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { escapeGlob } from '../../store/paths.ts';

export interface UserPrompt {
  readonly prompt: string;
  readonly topic: string;
}

/** How DuckDB reads each kind of file, in the order to try; `$path` is bound. */
const readers: { readonly [extension: string]: readonly string[] } = {
  '.parquet': ['read_parquet($path)'],
  '.jsonl': ["read_json_auto($path, format = 'newline_delimited')"],
  '.ndjson': ["read_json_auto($path, format = 'newline_delimited')"],
  '.csv': [',', ';'].map((delimiter) => csvReader(delimiter)),
  '.tsv': [csvReader('\t')],
};
const lineFiles: ReadonlySet<string> = new Set(['', '.txt', '.md', '.prompts']);

function csvReader(delimiter: string): string {
  return `read_csv($path, header = true, all_varchar = true, quote = '"', delim = '${delimiter}')`;
}

/**
 * The user's own base prompts: column `prompt` and, if present, `topic` of a Parquet, JSONL or CSV file, or one
 * prompt a line of any other text file. Without topics every prompt is a family of its own. Of equal prompts the last counts.
 * @throws ActivityError `BAD_PROMPTS_FILE`
 * @throws StoreError `OUTSIDE_ROOT`, also where a link leads out of the project
 */
export async function readPromptsFile(path: string, store: Store): Promise<UserPrompt[]> {
  const extension = extname(path).toLowerCase();
  const ways = readers[extension];
  if (!ways && !lineFiles.has(extension))
    throw bad(path, `is of a kind ('${extension}') that cannot be read`);
  const file = await store.findNamed(path);
  if (file === undefined) throw bad(path, 'does not exist inside the project');
  const read = ways ? await readTable(path, file, ways, store) : await readLines(path, file);
  const prompts = [...new Map(read.map((row) => [row.prompt, row])).values()];
  if (prompts.length < 4) {
    throw bad(
      path,
      `has ${prompts.length} different prompts; at least 4 are needed to split them into train, select, gate and test`,
    );
  }
  const topicCount = new Set(prompts.map(({ topic }) => topic)).size;
  if (topicCount < 4) {
    throw bad(
      path,
      `has prompts of ${topicCount} topics; at least 4 are needed, because topics, not prompts, are split`,
    );
  }
  return prompts;
}

async function readLines(path: string, file: string): Promise<UserPrompt[]> {
  const text = await readFile(file, 'utf8');
  if (/[\0\uFFFD]/u.test(text)) throw bad(path, 'is not a UTF-8 text');
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter(Boolean).map((prompt) => ({ prompt, topic: prompt }));
}

async function readTable(
  path: string,
  file: string,
  ways: readonly string[],
  store: Store,
): Promise<UserPrompt[]> {
  const parameters = { path: escapeGlob(file) };
  let reason = '';
  for (const reader of ways) {
    try {
      const described = await store.query(
        `select column_name from (describe select * from ${reader})`,
        parameters,
      );
      const columns = described.map((row) => String(row['column_name']));
      if (!columns.includes('prompt')) {
        reason ||= `has no column 'prompt' (it has ${columns.join(', ')})`;
        continue;
      }
      const topic = columns.includes('topic')
        ? "coalesce(nullif(trim(topic::varchar), ''), trim(prompt::varchar))"
        : 'trim(prompt::varchar)';
      const rows = await store.query(
        `select trim(prompt::varchar) as prompt, ${topic} as topic from ${reader} where trim(prompt::varchar) <> ''`,
        parameters,
      );
      return rows.map((row) => ({ prompt: String(row['prompt']), topic: String(row['topic']) }));
    } catch (error) {
      reason ||= `cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
    }
  }
  throw bad(path, reason);
}

function bad(path: string, what: string): ActivityError {
  return new ActivityError(
    'BAD_PROMPTS_FILE',
    `The prompts file '${path}' ${what}. Give a Parquet, JSONL or CSV file with a column 'prompt', or a text file with one prompt a line.`,
  );
}
