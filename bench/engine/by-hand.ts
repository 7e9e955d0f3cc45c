/** The workflow bundle of the benchmarks: the interpreter, and what somebody would write who had none. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';

// oxlint-disable-next-line import/no-default-export -- Temporal calls it for every definition's name.
export { default, run_slice } from '../../workflows/index.ts';

interface Work {
  work(request: {
    readonly with: { readonly n: number; readonly meanMs?: number };
  }): Promise<{ readonly n: number }>;
}

// The options that the interpreter gives where neither the task nor the definition says otherwise.
const { work } = proxyActivities<Work>({
  taskQueue: 'work',
  startToCloseTimeout: '30m',
  heartbeatTimeout: '30s',
  retry: { maximumAttempts: 5, initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** The DAG of `definitions.ts`: each task of a layer needs two of the layer before. */
export async function dag_by_hand({
  layers,
  width,
}: {
  readonly layers: number;
  readonly width: number;
}): Promise<{ readonly n: number }> {
  let layer = Array.from({ length: width }, (_, index) => work({ with: { n: index } }));
  for (let depth = 1; depth < layers; depth += 1) {
    const before = layer;
    layer = before.map(async (own, index) => {
      const next = before[(index + 1) % width] ?? own;
      const [left, right] = await Promise.all([own, next]);
      return work({ with: { n: left.n + right.n } });
    });
  }
  const [first] = await Promise.all(layer);
  return { n: first?.n ?? 0 };
}

/** The naive fan-out: as many activities at once as a batch has, and the next batch when all have ended. */
export async function fan_out_by_hand({
  items,
  meanMs,
  batch,
}: {
  readonly items: number;
  readonly meanMs: number;
  readonly batch: number;
}): Promise<{ readonly count: number }> {
  let count = 0;
  for (let from = 0; from < items; from += batch) {
    const size = Math.min(batch, items - from);
    const results = await Promise.all(
      Array.from({ length: size }, (_, index) => work({ with: { n: from + index, meanMs } })),
    );
    count += results.length;
  }
  return { count };
}
