/** `prose graph`: a picture of a definition. */
import { Option } from 'commander';
import type { Cli } from '../cli.ts';
import { graphOf } from '../drawing/graph-model.ts';
import type { TaskStatus } from '../../workflows/messages.ts';
import { loadNamedDefinition } from '../start/inputs.ts';
import { noWorkerError } from '../temporal/no-worker.ts';

interface GraphOptions {
  readonly format: 'mermaid' | 'dot' | 'svg';
  readonly run?: string;
}

export function addGraphVerb(cli: Cli): void {
  cli.program
    .command('graph')
    .description('draw a definition: its tasks, groups and what needs what')
    .argument('<definition>', 'name or file of a definition')
    .addOption(
      new Option('--format <format>', 'what to write to standard output')
        .choices(['mermaid', 'dot', 'svg'])
        .default('mermaid'),
    )
    .option('--run <run>', 'colour the tasks by their state in this run, with counts')
    .addHelpText(
      'after',
      `
Examples:
  prose graph prose
  prose graph prose --format svg > prose.svg
  prose graph prose --run prose-20261122-193805-x7f2 --format svg > run.svg`,
    )
    .action(async (name: string, { format, run }: GraphOptions) => {
      const definition = await loadNamedDefinition(cli, name);
      const graph = graphOf(definition, run === undefined ? [] : await fetchTasks(cli, run));
      if (format === 'mermaid') {
        const { mermaidText } = await import('../drawing/graph-mermaid.ts');
        cli.print(mermaidText(graph));
        return;
      }
      const { dotText } = await import('../drawing/graph-dot.ts');
      const dot = dotText(definition.name, graph);
      if (format === 'dot') {
        cli.context.stdout.write(dot);
        return;
      }
      const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
      const graphviz = await Graphviz.load();
      cli.context.stdout.write(graphviz.dot(dot, 'svg'));
    });
}

/** The tasks of a run. Throws `CliError` `NO_SUCH_RUN`, `NO_WORKER` or `WORKER_ENDED`. */
async function fetchTasks(cli: Cli, runId: string): Promise<readonly TaskStatus[]> {
  const { openTemporal } = await import('../temporal/temporal-session.ts');
  const { RunWatcher } = await import('../follow/watch-run.ts');
  const session = await openTemporal(cli);
  try {
    const { status } = await new RunWatcher(session, runId).look();
    if (status === undefined) throw await noWorkerError(cli.root, session, runId);
    return status.tasks;
  } finally {
    await session.close();
  }
}
