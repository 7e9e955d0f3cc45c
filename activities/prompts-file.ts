import { extname } from 'node:path';
import type { Store } from './store/store.ts';
import { ActivityError } from './errors.ts';

export interface UserPrompt {
  readonly prompt: string;
  readonly topic: string;
}

/** How DuckDB reads each kind of file; `$path` is bound. */
const readers: { readonly [extension: string]: string } = {
  '.parquet': 'read_parquet($path)',
  '.jsonl': "read_json_auto($path, format = 'newline_delimited')",
  '.ndjson': "read_json_auto($path, format = 'newline_delimited')",
  '.csv': 'read_csv_auto($path, header = true, all_varchar = true)',
};

/**
 * The user's own base prompts: column `prompt` and, if present, `topic` of a Parquet, JSONL or CSV file, or one
 * prompt a line of any other text file. Without topics every prompt is a family of its own.
 * @throws ActivityError `BAD_PROMPTS_FILE`
 */
export async function readPromptsFile(path: string, store: Store): Promise<UserPrompt[]> {
  const reader = readers[extname(path).toLowerCase()];
  const prompts = reader ? await readTable(path, reader, store) : await readLines(path, store);
  if (prompts.length < 4) {
    throw bad(
      path,
      `has ${prompts.length} prompts; at least 4 are needed to split them into train, select, gate and test`,
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

async function readLines(path: string, store: Store): Promise<UserPrompt[]> {
  const text = await store.readFile(path);
  if (text === undefined) throw bad(path, 'does not exist inside the project');
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter(Boolean).map((prompt) => ({ prompt, topic: prompt }));
}

async function readTable(path: string, reader: string, store: Store): Promise<UserPrompt[]> {
  const absolute = store.resolve(path);
  let columns: readonly string[];
  try {
    const described = await store.query(`select column_name from (describe select * from ${reader})`, {
      path: absolute,
    });
    columns = described.map((row) => String(row['column_name']));
  } catch (error) {
    throw bad(
      path,
      `cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    );
  }
  if (!columns.includes('prompt')) throw bad(path, `has no column 'prompt' (it has ${columns.join(', ')})`);
  const topic = columns.includes('topic')
    ? "coalesce(nullif(trim(topic::varchar), ''), prompt::varchar)"
    : 'prompt::varchar';
  const rows = await store.query(
    `select trim(prompt::varchar) as prompt, ${topic} as topic from ${reader} where trim(prompt::varchar) <> ''`,
    { path: absolute },
  );
  return rows.map((row) => ({ prompt: String(row['prompt']), topic: String(row['topic']) }));
}

function bad(path: string, what: string): ActivityError {
  return new ActivityError(
    'BAD_PROMPTS_FILE',
    `The prompts file '${path}' ${what}. Give a Parquet, JSONL or CSV file with a column 'prompt', or a text file with one prompt a line.`,
  );
}
