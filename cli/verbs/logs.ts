/** `prose logs`: what a run logged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StringDecoder } from 'node:string_decoder';
import { Option } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { formatLogLine, logLevels, type LogLevel } from '../text/log-line.ts';
import type { Backend } from '../../activities/store/backend.ts';
import { runLogFile } from '../../activities/store/run-paths.ts';
import { latestResult } from '../results.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly level: LogLevel;
}

const pollMs = 500;
const chunkBytes = 64 * 1024;

export function addLogsVerb(cli: Cli): void {
  cli.program
    .command('logs')
    .description('print the log of a run')
    .argument('[run]', "the run's id (default: the run that logged last)")
    .option('-f, --follow', 'go on as the run goes on, until Ctrl-C')
    .addOption(
      new Option('--level <level>', 'leave out what is less important')
        .choices(Object.keys(logLevels))
        .default('info'),
    )
    .addHelpText(
      'after',
      `
Examples:
  prose logs
  prose logs prose-20261122-193805-x7f2 --level warn
  prose logs --follow`,
    )
    .action(async (given: string | undefined, options: LogsOptions) => {
      const runId = given ?? (await latestResult(cli.backend, 'logs'));
      const file = runLogFile(runId);
      if ((await cli.backend.stat(file)) === undefined)
        throw new CliError('NO_RESULTS', `There is no log of a run ${runId} (${file})`, exitCodes.wrongInput);
      const until = { stopped: false };
      const release = cli.context.onInterrupt(() => (until.stopped = true));
      try {
        const isEnough = (): boolean => options.follow !== true || until.stopped;
        for await (const line of linesOf(cli.backend, file, isEnough)) {
          const text = formatLogLine(line, options.level, cli.colors);
          if (text !== undefined) cli.print(text);
        }
      } finally {
        release();
        await cli.backend.close();
      }
    });
}

/** The lines of a growing log; at its end it waits for more unless `isEnough`. */
async function* linesOf(backend: Backend, file: string, isEnough: () => boolean): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let offset = 0;
  let rest = '';
  for (;;) {
    const bytes = await backend.read(file, offset, chunkBytes);
    offset += bytes.length;
    if (bytes.length === 0) {
      if (isEnough()) break;
      await sleep(pollMs);
      continue;
    }
    const lines = (rest + decoder.write(bytes)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
