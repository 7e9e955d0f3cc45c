/** The shell of `prose sql`: statements end with `;`, commands begin with a dot. */
import { createInterface } from 'node:readline';
import type { Cli } from './cli.ts';

/** How results are printed. */
export const RESULT_FORMS = ['table', 'csv', 'json'] as const;
export type ResultForm = (typeof RESULT_FORMS)[number];

/** Asks one statement and prints its result; what it throws is told to the person. */
export type RunStatement = (sql: string, form: ResultForm, signal?: AbortSignal) => Promise<void>;

const help = `Statements end with ; and may span lines.
.tables          the views
.schema VIEW     columns of a view
.mode FORM       ${RESULT_FORMS.join(', ')}
.help            this
.quit            end (or Ctrl-D). Ctrl-C stops a statement.`;

/**
 * Reads statements from standard input until its end. Where nobody watches there is no prompt, and the first wrong
 * statement ends it.
 *
 * @throws what `run` throws for a wrong statement, unless somebody watches.
 */
export async function runSqlShell(cli: Cli, form: ResultForm, run: RunStatement): Promise<void> {
  const { stdin, stdout } = cli.context;
  const isWatched = stdin.isTTY === true && cli.isInteractive;
  const lines = createInterface({
    input: stdin,
    ...(isWatched ? { output: stdout } : {}),
    terminal: isWatched,
  });
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
        else cli.print(help);
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
