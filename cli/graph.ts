/** `prose graph`: a picture of a definition. */
import { Option } from 'commander';
import type { Cli } from './cli.ts';
import { graphOf } from './graph-model.ts';
import { loadNamedDefinition } from './inputs.ts';

interface GraphOptions {
  readonly format: 'mermaid' | 'dot' | 'svg';
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
    .addHelpText(
      'after',
      `
Examples:
  prose graph prose
  prose graph prose --format svg > prose.svg`,
    )
    .action(async (name: string, { format }: GraphOptions) => {
      const definition = await loadNamedDefinition(cli, name);
      const graph = graphOf(definition);
      if (format === 'mermaid') {
        const { mermaidText } = await import('./graph-mermaid.ts');
        cli.print(mermaidText(graph));
        return;
      }
      const { dotText } = await import('./graph-dot.ts');
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
