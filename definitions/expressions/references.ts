/** Names with the fields taken from them, as they stand in the text of an expression. Pure. */
import type { ASTNode } from '@marcbachmann/cel-js';

/** Where a name stands that ends a node. */
export function nameOffset(source: string, node: ASTNode, name: string): number {
  const found = source.lastIndexOf(name, node.end - 1);
  return found >= node.start ? found : node.start;
}

/** The reference a node is, or undefined if it does not begin with a plain name. */
export function referenceOf(
  node: ASTNode,
  source: string,
): { names: string[]; offsets: number[] } | undefined {
  if (node.op === 'id') return { names: [node.args], offsets: [node.start] };
  if (node.op === '.') {
    const left = referenceOf(node.args[0], source);
    left?.names.push(node.args[1]);
    left?.offsets.push(nameOffset(source, node, node.args[1]));
    return left;
  }
  if (node.op === '[]' && node.args[1].op === 'value' && typeof node.args[1].args === 'string') {
    const left = referenceOf(node.args[0], source);
    left?.names.push(node.args[1].args);
    left?.offsets.push(node.args[1].start);
    return left;
  }
  return undefined;
}
