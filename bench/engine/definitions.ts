/** The definitions that are measured. */
import type { Definition, Task } from '../../definitions/model/types.ts';

/** `layers` times `width` tasks, of which each needs two of the layer before; named `dag-<layers>x<width>`. */
export function dagDefinition(layers: number, width: number): Definition {
  const name = (depth: number, index: number): string => `t${depth}x${index % width}`;
  const task = (depth: number, index: number): Task => {
    if (depth === 0) return { activity: 'work', with: { n: index } };
    const [left, right] = [name(depth - 1, index), name(depth - 1, index + 1)];
    return {
      needs: [left, right],
      activity: 'work',
      with: { n: `\${ tasks.${left}.n + tasks.${right}.n }` },
    };
  };
  const tasks = Array.from({ length: layers * width }, (_, at): [string, Task] => {
    const [depth, index] = [Math.floor(at / width), at % width];
    return [name(depth, index), task(depth, index)];
  });
  return {
    name: `dag-${layers}x${width}`,
    tasks: Object.fromEntries(tasks),
    outputs: { n: `\${ tasks.${name(layers - 1, 0)}.n }` },
  };
}

/** One activity for each of `params.items` items, which take `params.meanMs` on average. */
export function fanOutDefinition(concurrency: number): Definition {
  return {
    name: 'fan-out',
    tasks: {
      each: {
        forEach: { in: '${ range(params.items) }', as: 'n', concurrency },
        activity: 'work',
        with: { n: '${ n }', meanMs: '${ params.meanMs }' },
      },
    },
    outputs: { count: '${ tasks.each.size() }' },
  };
}
