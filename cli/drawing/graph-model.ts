/** A definition as a picture has it: boxes, clusters and arrows. Pure. */
import { isActivity, isFail, isGroup, isWait, isWorkflow } from '../../definitions/model/task-kind.ts';
import type { Catch, Definition, Task, TaskState, Tasks, Wait } from '../../definitions/model/types.ts';
import type { TaskStatus } from '../../workflows/messages.ts';

export interface GraphNode {
  /** Unique in the graph, of letters and digits. */
  readonly id: string;
  readonly name: string;
  /** What runs, on which task queue, under which conditions: one line each. */
  readonly lines: readonly string[];
  readonly forEach: boolean;
  /** How far it is in a run; absent where the picture is of no run. */
  readonly state?: TaskState;
  /** Of a group, and of a task with `catch`. */
  readonly inner?: Graph;
}

interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The join rule, where it is not `allSucceeded`. */
  readonly label?: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Between nodes of this level. */
  readonly edges: readonly GraphEdge[];
}

/**
 * Nodes in the order written; ids depend on that order alone.
 *
 * @param statuses of a run's tasks, to be shown with them.
 */
export function graphOf(definition: Definition, statuses: readonly TaskStatus[] = []): Graph {
  let count = 0;
  const level = (tasks: Tasks, within: readonly TaskStatus[]): Graph => {
    const entries = Object.entries(tasks);
    const ids = new Map(entries.map(([name]) => [name, `t${(count += 1)}`]));
    const nodes = entries.map(([name, task]): GraphNode => {
      const status = within.find((one) => one.name === name);
      const node = {
        id: ids.get(name) ?? name,
        name,
        lines: [...linesOf(task, definition), ...(status === undefined ? [] : [countsLine(status)])],
        forEach: task.forEach !== undefined,
        ...(status === undefined ? {} : { state: status.state }),
      };
      const parts = status?.tasks ?? [];
      const inner = isGroup(task) ? level(task.tasks, parts) : { nodes: [], edges: [] };
      if (task.catch === undefined) return isGroup(task) ? { ...node, inner } : node;
      return { ...node, inner: { ...inner, nodes: [...inner.nodes, catchOf(task.catch, parts)] } };
    });
    const edges = entries.flatMap(([name, { needs = [], run }]) =>
      needs.flatMap((needed): GraphEdge[] => {
        const [from, to] = [ids.get(needed), ids.get(name)];
        if (from === undefined || to === undefined) return [];
        return [{ from, to, ...(run !== undefined && run !== 'allSucceeded' && { label: run }) }];
      }),
    );
    return { nodes, edges };
  };
  const catchOf = ({ tasks, codes, when }: Catch, within: readonly TaskStatus[]): GraphNode => ({
    id: `t${(count += 1)}`,
    name: 'catch',
    lines: [
      ...(codes === undefined ? [] : [codes.join(', ')]),
      ...(when === undefined ? [] : [`when ${plain(when)}`]),
    ],
    forEach: false,
    inner: level(tasks, within),
  });
  const { nodes, edges } = level(definition.tasks, statuses);
  if (definition.finally === undefined) return { nodes, edges };
  const inner = level(definition.finally, statuses);
  const last = { id: `t${(count += 1)}`, name: 'finally', lines: [], forEach: false, inner };
  return { nodes: [...nodes, last], edges };
}

/** `succeeded`, or with several instances `6 succeeded, 1 failed`. */
function countsLine({ state, counts }: TaskStatus): string {
  const some = Object.entries(counts).filter(([, instances]) => instances > 0);
  const total = some.reduce((sum, [, instances]) => sum + instances, 0);
  return total > 1 ? some.map(([name, instances]) => `${instances} ${name}`).join(', ') : state;
}

function linesOf(task: Task, { defaults }: Definition): string[] {
  const queue = task.taskQueue ?? defaults?.taskQueue;
  return [
    ...(isActivity(task) ? [queue === undefined ? task.activity : `${task.activity} @ ${queue}`] : []),
    ...(isWorkflow(task) ? [`workflow ${task.workflow}`] : []),
    ...(isWait(task) ? [waitLine(task.wait)] : []),
    ...(isFail(task) ? [`fail ${task.fail.code}`] : []),
    ...(task.forEach === undefined
      ? []
      : [`for each ${task.forEach.as ?? 'item'} in ${plain(task.forEach.in)}`]),
    ...(task.when === undefined ? [] : [`when ${plain(task.when)}`]),
  ];
}

function waitLine(wait: Wait): string {
  if ('approval' in wait) return `approval: ${plain(wait.approval.message)}`;
  if ('labels' in wait) return `labels: ${plain(wait.labels.message)}`;
  return 'for' in wait ? `wait for ${plain(wait.for)}` : `wait until ${plain(wait.until)}`;
}

/** An expression without its `${ }`. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^\$\{(?<expression>.*)\}$/su.exec(text)?.groups?.['expression']?.trim() ?? text;
}
