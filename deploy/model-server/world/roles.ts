/** The simulated models by name, and how `simulated` knows which of them a request is meant for. */

export type SimulatedRole = 'base-prompt' | 'variation' | 'main' | 'validator' | 'prompt-optimizer';

export interface SimulatedModel {
  readonly name: string;
  /** Absent = told by the messages. */
  readonly role?: SimulatedRole;
  /** Which validator, 1 to 3; 0 = none in particular. */
  readonly validator: number;
}

/** What `/v1/models` lists; the first one also answers requests that name no model. */
export const simulatedModels: readonly SimulatedModel[] = [
  { name: 'simulated', validator: 0 },
  { name: 'simulated-base-prompt', role: 'base-prompt', validator: 0 },
  { name: 'simulated-variation', role: 'variation', validator: 0 },
  { name: 'simulated-main', role: 'main', validator: 0 },
  { name: 'simulated-validator-1', role: 'validator', validator: 1 },
  { name: 'simulated-validator-2', role: 'validator', validator: 2 },
  { name: 'simulated-validator-3', role: 'validator', validator: 3 },
  { name: 'simulated-prompt-optimizer', role: 'prompt-optimizer', validator: 0 },
];

/** Tells the role by what a request contains. Only one that asks for JSON can be anything but `main`. */
export function roleOf(text: string, asksForJson: boolean): SimulatedRole {
  if (!asksForJson && !/\bJSON\b/.test(text)) return 'main';
  if (/<answer[\s>]/.test(text) && /<(rubric|request)[\s>]/.test(text)) return 'validator';
  if (/<(lessons|wordings|failures)>/.test(text)) return 'prompt-optimizer';
  if (text.includes('<approach>') || text.includes('<prompt>')) return 'variation';
  if (/<(domain|topic)>|"(topics|prompts)"/.test(text)) return 'base-prompt';
  return 'main';
}
