import type { Metrics } from './metrics.ts';

/** Whether any model of the run was a simulated one. */
export function usedSimulation({ models }: Pick<Metrics, 'models'>): boolean {
  return models.some(({ simulated }) => simulated);
}
