/** `prose down`: stops the local stack. */
import type { Cli } from '../cli.ts';

export function addDownVerb(cli: Cli): void {
  cli.program
    .command('down')
    .description('stop the local stack; data, results and the history of runs stay')
    .addHelpText(
      'after',
      `
Ends exactly the processes that \`prose up\` or \`prose run\` started for this project. A run that was going on
goes on with the next \`prose up\`.

Example:
  prose down`,
    )
    .action(async () => {
      const { stopStack } = await import('../../deploy/stack/stop-stack.ts');
      const ended = await stopStack(cli.root);
      cli.print(ended.length === 0 ? 'Nothing was running.' : `Stopped: ${ended.join(', ')}.`);
    });
}
