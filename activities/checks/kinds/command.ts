/**
 * A program that reads answers as lines of JSON and prints a line of JSON for each. It may hang, die, print garbage or without
 * end: what it has said by then counts, and the other answers have a result that says what it did.
 */
import type { Readable } from 'node:stream';
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import { cutText } from '../../../definitions/model/cut-text.ts';
import { durationMs } from '../../../definitions/model/duration.ts';
import { startProgram } from '../../programs/program.ts';
import { factsOf, unscored, type CheckRunner } from '../check.ts';
import { readResult } from './read-score.ts';

const DEFAULT_TIMEOUT = '60s';
/** Characters that a program may print for each answer. */
const MAX_CHARS_PER_ANSWER = 10_000;
/** Characters of its standard error that are told. */
const TOLD_CHARS = 1_000;

export const command: CheckRunner<'command'> = {
  kind: 'command',
  batchSize: 100,
  async run({ timeout = DEFAULT_TIMEOUT, ...call }, answers, context) {
    const [program] = call.command;
    const { child, ended, end } = await startProgram(call, context);
    let stopped: readonly [code: string, what: string] | undefined;
    const stop = (code: string, what: string): void => {
      stopped ??= [code, what];
      end();
    };
    const timer = setTimeout(
      () => stop('CHECK_TIMEOUT', `had not ended after ${timeout}`),
      durationMs(timeout),
    );
    try {
      child.stdin.on('error', () => {}); // It need not read what it is given.
      const lines = answers.map((answer) => JSON.stringify({ key: answer.key, ...factsOf(answer) }));
      child.stdin.end(lines.map((line) => `${line}\n`).join(''));
      const most = MAX_CHARS_PER_ANSWER * answers.length;
      const [printed, complaint, { exitCode, signal }] = await Promise.all([
        readAtMost(child.stdout, most, () => stop('TOO_MUCH_OUTPUT', `printed more than ${most} characters`)),
        readTail(child.stderr),
        ended,
      ]);
      context.signal.throwIfAborted();
      const { results, strays } = readResults(
        printed,
        answers.map(({ key }) => key),
      );
      const how = exitCode === null ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
      const [code, what] =
        stopped ?? (exitCode === 0 ? ['NO_RESULT', 'said nothing of it'] : ['CHECK_FAILED', how]);
      const garbage =
        strays.length === 0
          ? ''
          : `; ${strays.length} of its lines are no results, such as ${cutText(strays[0] ?? '', 80)}`;
      const said = complaint.trim() === '' ? '' : `\n${context.secrets.hide(complaint.trim())}`;
      const missing = unscored(code, `'${program}' ${what}${garbage}.${said}`);
      return answers.map(({ key }) => results.get(key) ?? missing);
    } finally {
      clearTimeout(timer);
      end();
    }
  },
};

/** Results by key; lines without a `key` count in the order of the answers, where no line has one. */
function readResults(
  printed: string,
  keys: readonly string[],
): {
  readonly results: ReadonlyMap<string, ReturnType<typeof unscored>>;
  readonly strays: readonly string[];
} {
  const known = new Set(keys);
  const strays: string[] = [];
  const found: { readonly key: string | undefined; readonly result: ReturnType<typeof unscored> }[] = [];
  for (const line of printed.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const value = parseJson(line);
    const result = readResult(value);
    const key = isFields(value) && typeof value['key'] === 'string' ? value['key'] : undefined;
    if (result === undefined || (key !== undefined && !known.has(key))) strays.push(line);
    else found.push({ key, result });
  }
  const areInOrder = found.length > 0 && found.every(({ key }) => key === undefined);
  if (!areInOrder)
    strays.push(...found.filter(({ key }) => key === undefined).map(() => 'one without a key'));
  const pairs = found.flatMap(({ key, result }, index): [string, typeof result][] => {
    const own = areInOrder ? keys[index] : key;
    return own === undefined ? [] : [[own, result]];
  });
  return { results: new Map(pairs), strays };
}

/** All that a stream says, up to a limit, after which `onMore` is told and the rest is thrown away. */
async function readAtMost(stream: Readable, most: number, onMore: () => void): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    if (text.length > most) continue;
    text += chunk;
    if (text.length > most) onMore();
  }
  return text.slice(0, most);
}

/** The last part of what a stream says. */
async function readTail(stream: Readable): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) text = (text + chunk).slice(-TOLD_CHARS);
  return text;
}
