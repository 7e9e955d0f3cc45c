/** The Prometheus page, with the names that vLLM 0.32 exposes. */
import type { Capacity } from './capacity.ts';
import { latencyBuckets } from './ledger.ts';
import type { Histogram, Ledger } from './ledger.ts';

/** One served model as `/metrics` shows it. */
export interface MeasuredModel {
  readonly name: string;
  readonly capacity: Capacity;
  readonly ledger: Ledger;
  /** Slots of its capacity; Infinity = no limit. */
  readonly slots: number;
}

/** Renders the page in Prometheus's text format. */
export function renderMetrics(models: readonly MeasuredModel[]): string {
  const lines: string[] = [];
  const simple = (kind: string, name: string, valueOf: (model: MeasuredModel) => number): void => {
    lines.push(`# TYPE vllm:${name} ${kind}`);
    for (const model of models) lines.push(`vllm:${name}{${labels(model)}} ${valueOf(model)}`);
  };
  simple('gauge', 'num_requests_running', ({ capacity }) => capacity.running);
  simple('gauge', 'num_requests_waiting', ({ capacity }) => capacity.waiting);
  simple('gauge', 'kv_cache_usage_perc', ({ capacity, slots }) => capacity.running / slots);
  simple('counter', 'prompt_tokens_total', ({ ledger }) => ledger.counts(0).promptTokens);
  simple('counter', 'generation_tokens_total', ({ ledger }) => ledger.counts(0).completionTokens);
  lines.push('# TYPE vllm:request_success_total counter');
  for (const model of models) {
    for (const reason of ['stop', 'length', 'abort']) {
      const count = model.ledger.finished.get(reason) ?? 0;
      lines.push(`vllm:request_success_total{${labels(model)},finished_reason="${reason}"} ${count}`);
    }
  }
  const histogram = (name: string, valueOf: (model: MeasuredModel) => Histogram): void => {
    lines.push(`# TYPE vllm:${name} histogram`);
    for (const model of models) lines.push(...histogramLines(name, labels(model), valueOf(model)));
  };
  histogram('request_queue_time_seconds', ({ ledger }) => ledger.queueTime());
  histogram('e2e_request_latency_seconds', ({ ledger }) => ledger.latency());
  return `${lines.join('\n')}\n`;
}

function labels({ name }: MeasuredModel): string {
  return `engine="0",model_name="${name}"`;
}

function histogramLines(name: string, labelText: string, { counts, count, sum }: Histogram): string[] {
  return [
    ...latencyBuckets.map(
      (bound, index) => `vllm:${name}_bucket{${labelText},le="${bound}"} ${counts[index] ?? 0}`,
    ),
    `vllm:${name}_bucket{${labelText},le="+Inf"} ${count}`,
    `vllm:${name}_sum{${labelText}} ${sum}`,
    `vllm:${name}_count{${labelText}} ${count}`,
  ];
}
