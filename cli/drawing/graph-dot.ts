import { STATE_COLORS, TEXT_COLOR } from './graph-colors.ts';
import type { Graph, GraphNode } from './graph-model.ts';

/**
 * A graph in Graphviz' DOT language (https://graphviz.org/doc/info/lang.html): groups are clusters, a `forEach` task
 * is marked with ⟳ and has a double border. Arrows to a group end at its border, so each group has an invisible
 * node to point at.
 */
export function dotText(name: string, graph: Graph): string {
  return [
    `digraph ${quote(name)} {`,
    '  graph [compound=true, rankdir=TB, fontname="Helvetica", fontsize=11]',
    '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]',
    '  edge [fontname="Helvetica", fontsize=9]',
    ...levelLines(graph, '  '),
    '}',
    '',
  ].join('\n');
}

function levelLines({ nodes, edges }: Graph, indent: string): string[] {
  const groups = new Set(nodes.filter(({ inner }) => inner !== undefined).map(({ id }) => id));
  const edgeLines = edges.map(({ from, to, label }) => {
    const attributes = [
      ...(groups.has(from) ? [`ltail=cluster_${from}`] : []),
      ...(groups.has(to) ? [`lhead=cluster_${to}`] : []),
      ...(label === undefined ? [] : [`label=${quote(label)}`]),
    ];
    return `${indent}${from} -> ${to}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`}`;
  });
  return [...nodes.flatMap((node) => nodeLines(node, indent)), ...edgeLines];
}

function nodeLines(node: GraphNode, indent: string): string[] {
  const label = quote([`${node.forEach ? '⟳ ' : ''}${node.name}`, ...node.lines].join('\n'));
  if (node.inner === undefined) {
    const attributes = [`label=${label}`, ...(node.forEach ? ['peripheries=2'] : []), ...colorsOf(node)];
    return [`${indent}${node.id} [${attributes.join(', ')}]`];
  }
  const deeper = `${indent}  `;
  return [
    `${indent}subgraph cluster_${node.id} {`,
    `${deeper}label=${label}`,
    `${deeper}style=rounded`,
    ...colorsOf(node).map((attribute) => `${deeper}${attribute}`),
    ...(node.forEach ? [`${deeper}peripheries=2`] : []),
    `${deeper}${node.id} [shape=point, style=invis, width=0]`,
    ...levelLines(node.inner, deeper),
    `${indent}}`,
  ];
}

/** The last of equal attributes counts, so these come after the others. */
function colorsOf({ state }: GraphNode): string[] {
  if (state === undefined) return [];
  const { fill, line } = STATE_COLORS[state];
  return ['style="rounded,filled"', `fillcolor="${fill}"`, `color="${line}"`, `fontcolor="${TEXT_COLOR}"`];
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
