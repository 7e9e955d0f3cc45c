import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import type { Comparison } from './comparison.ts';
import * as format from '../text/figures.ts';
import { drawRuns } from './plots.ts';

const eta = new Eta({ views: import.meta.dirname, cache: true });

/** Several runs on one page: one HTML document without scripts, and without a single request to anywhere. */
export function renderComparison({ runs, differences }: Comparison): string {
  return eta.render('./comparison', {
    runs,
    differences,
    format,
    plot: drawRuns(runs),
    styles: readFileSync(join(import.meta.dirname, 'report.css'), 'utf8'),
  });
}
