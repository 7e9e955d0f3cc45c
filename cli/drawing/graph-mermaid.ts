import { STATE_COLORS, TEXT_COLOR } from './graph-colors.ts';
import type { Graph, GraphNode } from './graph-model.ts';

/**
 * A graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html): groups are subgraphs, a `forEach`
 * task is marked with ⟳ and, where it is a single activity, drawn as a stack.
 */
export function mermaidText(graph: Graph): string {
  return ['flowchart TD', ...levelLines(graph, '  '), ...colorLines(graph)].join('\n');
}

/** One line for each state there is: how it is drawn, and the nodes that are in it. */
function colorLines(graph: Graph): string[] {
  const nodes = flatten(graph);
  return Object.entries(STATE_COLORS).flatMap(([state, { fill, line }]) => {
    const ids = nodes.filter((node) => node.state === state).map(({ id }) => id);
    if (ids.length === 0) return [];
    const style = `fill:${fill},stroke:${line},color:${TEXT_COLOR}`;
    return [`  classDef ${state} ${style}`, `  class ${ids.join(',')} ${state}`];
  });
}

function flatten({ nodes }: Graph): GraphNode[] {
  return nodes.flatMap((node) => [node, ...(node.inner === undefined ? [] : flatten(node.inner))]);
}

function levelLines({ nodes, edges }: Graph, indent: string): string[] {
  return [
    ...nodes.flatMap((node) => nodeLines(node, indent)),
    ...edges.map(
      ({ from, to, label }) => `${indent}${from} -->${label === undefined ? '' : `|${label}|`} ${to}`,
    ),
  ];
}

function nodeLines(node: GraphNode, indent: string): string[] {
  const label = [`${node.forEach ? '⟳ ' : ''}${node.name}`, ...node.lines].map(escape).join('<br/>');
  if (node.inner !== undefined) {
    return [
      `${indent}subgraph ${node.id}["${label}"]`,
      ...levelLines(node.inner, `${indent}  `),
      `${indent}end`,
    ];
  }
  return [node.forEach ? `${indent}${node.id}[["${label}"]]` : `${indent}${node.id}["${label}"]`];
}

/** Mermaid reads entities in quoted labels, and Markdown too unless its marks are entities. */
function escape(text: string): string {
  return text.replace(/[&<>"#`*_]/gu, (character) => `#${character.charCodeAt(0)};`).replace(/\s+/gu, ' ');
}
