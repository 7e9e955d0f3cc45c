/** The shell of `prose sql`: statements end with `;`, commands begin with a dot. */
import { createInterface, type Interface } from 'node:readline';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { completeWord, HISTORY_SIZE, historyFile, readHistory, writeHistory } from './sql-editing.ts';

/** How results are printed. */
export const RESULT_FORMS = ['table', 'csv', 'json'] as const;
export type ResultForm = (typeof RESULT_FORMS)[number];

/** Asks one statement and prints its result; what it throws is told to the person. */
export type RunStatement = (sql: string, form: ResultForm, signal?: AbortSignal) => Promise<void>;

const DOT_COMMANDS = ['.tables', '.schema', '.mode', '.help', '.quit'];
const help = `Statements end with ; and may span lines.
.tables          the views
.schema VIEW     columns of a view
.mode FORM       ${RESULT_FORMS.join(', ')}
.help            this
.quit            end (or Ctrl-D). Ctrl-C stops a statement.`;

/**
 * Reads statements from standard input until its end. Where nobody watches there is no prompt, and the first wrong
 * statement ends it. Where somebody does, Tab completes names and the arrow keys find what was typed, also in earlier shells.
 *
 * @param listNames views, and columns of theirs.
 * @throws what `run` throws for a wrong statement, and `CliError` (wrong input) for a wrong dot command, unless somebody watches.
 */
export async function runSqlShell(
  cli: Cli,
  form: ResultForm,
  { run, listNames }: { readonly run: RunStatement; readonly listNames: () => Promise<readonly string[]> },
): Promise<void> {
  const { stdin } = cli.context;
  const isWatched = stdin.isTTY === true && cli.isInteractive;
  const lines = isWatched ? await createEditor(cli, listNames) : createInterface({ input: stdin });
  let statement = '';
  let mode = form;
  let running: AbortController | undefined;
  const prompt = (): void => {
    if (!isWatched) return;
    lines.setPrompt(statement === '' ? 'prose> ' : '   ... ');
    lines.prompt();
  };
  const attempt = async (sql: string): Promise<void> => {
    running = new AbortController();
    try {
      await run(sql, mode, running.signal);
    } catch (error) {
      if (!isWatched) throw error;
      cli.note(error instanceof Error ? error.message : String(error));
    } finally {
      running = undefined;
    }
  };
  lines.on('SIGINT', () => {
    if (running !== undefined) running.abort(new Error('Stopped.'));
    else if (statement === '') lines.close();
    else {
      statement = '';
      prompt();
    }
  });
  if (isWatched) cli.print('DuckDB SQL over the data of all runs. `.help` says what there is, `.quit` ends.');
  prompt();
  try {
    for await (const line of lines) {
      const text = line.trim();
      if (statement === '' && text.startsWith('.')) {
        const [command = '', argument = ''] = text.split(/\s+/);
        if (command === '.quit') break;
        const chosen = RESULT_FORMS.find((known) => known === argument);
        if (command === '.tables')
          await attempt('select table_name as view from (show all tables) order by 1');
        else if (command === '.schema' && argument !== '')
          await attempt(`describe "${argument.replaceAll('"', '""')}"`);
        else if (command === '.mode' && chosen !== undefined) mode = chosen;
        else if (isWatched || command === '.help') cli.print(help);
        else throw wrongInput(`The shell cannot do '${neutraliseLine(text)}'.\n${help}`);
      } else if (statement !== '' || text !== '') {
        statement += `${line}\n`;
        if (text.endsWith(';')) {
          const whole = statement;
          statement = '';
          await attempt(whole);
        }
      }
      prompt();
    }
    if (statement.trim() !== '') await attempt(statement);
  } finally {
    lines.close();
  }
}

/** Lines as a person edits them. */
async function createEditor(cli: Cli, listNames: () => Promise<readonly string[]>): Promise<Interface> {
  const { stdin, stdout, env } = cli.context;
  const file = historyFile(env);
  const names = [...DOT_COMMANDS, ...(await listNames())];
  let history = await readHistory(file);
  const editor = createInterface({
    input: stdin,
    output: stdout,
    terminal: true,
    completer: (line: string) => completeWord(line, names),
    history,
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
  });
  editor.on('history', (lines: string[]) => {
    history = lines;
  });
  editor.once('close', () => void writeHistory(file, history));
  return editor;
}
