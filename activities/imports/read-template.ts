/** The template of a task, as its user wrote it. */
import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { columnsNamedIn } from './fill-columns.ts';
import { isSameColumn } from './prompt-fields.ts';
import { ActivityError } from '../attempts/errors.ts';
import type { Store } from '../store/store.ts';

/** Largest template, in bytes: it is part of every request. */
const MOST_BYTES = 100_000;
/** What is wanted of an answer is not told. */
const NEVER_TOLD = ['expected', 'topic'];

/**
 * @param path of a text file inside the project.
 * @throws ActivityError `BAD_TEMPLATE` where there is no such file, it is no text, or names no column that may be sent
 */
export async function readTemplate(path: string, store: Store): Promise<string> {
  const bad = (what: string): ActivityError =>
    new ActivityError('BAD_TEMPLATE', `The template '${path}' ${what}.`);
  const file = await store.findNamed(path);
  if (file === undefined) throw bad('does not exist inside the project');
  const { size } = await stat(file);
  if (size > MOST_BYTES) throw bad(`has ${size} bytes; ${MOST_BYTES} are the most`);
  const bytes = await readFile(file);
  if (!isUtf8(bytes)) throw bad('is no UTF-8');
  // A byte order mark is white space.
  const text = bytes.toString('utf8').trim();
  const columns = columnsNamedIn(text);
  if (columns.length === 0)
    throw bad("names no column of the inputs: write {{input}} where a row's column 'input' is to stand");
  const told = columns.find((column) => NEVER_TOLD.some((name) => isSameColumn(name, column)));
  if (told !== undefined) throw bad(`names {{${told}}}, which the model is not to know`);
  return text;
}
