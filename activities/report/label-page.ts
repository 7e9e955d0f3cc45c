import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { escapeJson, neutraliseAll } from '../text/plain-text.ts';

/** What people are asked about, and how they answer. */
export interface LabelTask {
  readonly run: string;
  readonly form: 'criteria' | 'pairwise';
  /** Of the rubric, in its order. */
  readonly criteria: readonly { readonly name: string; readonly text: string }[];
  readonly pairs: readonly {
    readonly pair: string;
    readonly prompt: string;
    readonly a: string;
    readonly b: string;
  }[];
}

const eta = new Eta({ views: import.meta.dirname, cache: true });
const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/**
 * The page on which people label: one HTML document that makes no request to anywhere, works from a disk and by the keyboard alone,
 * and saves what was labelled as a file. Texts of models are data to its one script, which shows them as plain text; no other
 * script can run.
 */
export function renderLabelPage(untrusted: LabelTask): string {
  const task = neutraliseAll(untrusted);
  const script = read('label-page.mjs');
  return eta.render('./label-page', {
    run: task.run,
    styles: `${read('report.css')}\n${read('label-page.css')}`,
    script,
    scriptHash: createHash('sha256').update(script).digest('base64'),
    // As a text of HTML it could end the element that it is in.
    data: escapeJson(JSON.stringify(task)).replaceAll('<', '\\u003c'),
  });
}
