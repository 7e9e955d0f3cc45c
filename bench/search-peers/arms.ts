/** What spends a budget of calls on the task, and comes back with a template. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../../deploy/downloads/cache-directory.ts';
import { ensurePython } from '../../deploy/downloads/python-environment.ts';
import { withFileLock } from '../../deploy/stack/file-lock.ts';
import { searchByProse } from './ours.ts';
import { TEMPLATE, type Budgeted } from './budgeted.ts';
import type { Message } from './task-world.ts';

const [QUESTION = ''] = TEMPLATE.split('\n');

const here = fileURLToPath(new URL('.', import.meta.url));
const requirements = join(here, 'requirements.txt');

const suffixes = [
  'Answer with one of: billing, shipping, technical, returns. Give the answer alone.',
  'Think step by step.',
  'Answer briefly.',
  'Give the answer only.',
  'Answer with one of: billing, shipping, technical, returns.',
  'You are an expert.',
];

/** By name; those of PROSE first. Each finds a template within the budget. */
export const arms: { readonly [name: string]: (task: Budgeted) => Promise<string> } = {
  ours_feedback: (task) => searchByProse(task, 'feedback'),
  ours_plain: (task) => searchByProse(task, 'plain'),
  ours_without_instructions: (task) => searchByProse(task, 'none'),
  static_suffix: (task) =>
    bestOf(
      task,
      suffixes.map((suffix) => `${TEMPLATE}\n${suffix}`),
    ),
  async best_of_n(task) {
    const each = task.train.length + task.select.length + 1;
    const prompt = `<template>\n${TEMPLATE}\n</template>\n<failures>\n(none is shown)\n</failures>\nAnswer with JSON.`;
    const written = await Promise.all(
      Array.from({ length: Math.floor(task.calls / each) }, (_, k) =>
        ask(task.url, [{ role: 'user', content: prompt }], task.seed * 1000 + k),
      ),
    );
    const texts = written.map((text) => (JSON.parse(text) as { readonly instruction: string }).instruction);
    return bestOf(
      task,
      texts.map((text) => `${text}\n\n${TEMPLATE}`),
    );
  },
  async gepa({ url, calls, seed, train, select }) {
    const input = { url, budget: calls, seed, instruction: QUESTION, train, val: select };
    const { instruction } = JSON.parse(await runPython(join(here, 'gepa_arm.py'), input)) as {
      readonly instruction: string;
    };
    return `${instruction}\n\n{{input}}`;
  },
};

/** The candidate with the most right answers among as many as the budget buys; the first of equals. */
async function bestOf(
  { url, calls, train, select }: Budgeted,
  candidates: readonly string[],
): Promise<string> {
  const tickets = [...train, ...select];
  const tried = candidates.slice(0, Math.floor(calls / tickets.length));
  const rights = await Promise.all(
    tried.map(async (template) => {
      const answers = await Promise.all(
        tickets.map(({ input }) =>
          ask(url, [{ role: 'user', content: template.replace('{{input}}', input) }], 0),
        ),
      );
      return answers.filter((answer, index) => answer === tickets[index]?.expected).length;
    }),
  );
  return tried[rights.indexOf(Math.max(...rights))] ?? TEMPLATE;
}

async function ask(url: string, messages: readonly Message[], seed: number): Promise<string> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'simulated-task', messages, seed }),
  });
  const { choices } = (await response.json()) as {
    readonly choices: readonly { readonly message: Message }[];
  };
  return choices[0]?.message.content ?? '';
}

/** A program of the pinned environment, which is made unless it is there. */
async function runPython(script: string, input: unknown): Promise<string> {
  const folder = join(cacheDirectory(process.env), 'search-peers', 'venv');
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const python = await withFileLock(
    join(folder, '..', 'lock'),
    () =>
      ensurePython(
        { title: 'the peers (GEPA)', folder, requirements, diskGib: 1 },
        { env: process.env, log },
      ),
    (pid) => log(`Waiting for process ${pid}, which is installing the peers`),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(Buffer.concat(chunks).toString().trim().split('\n').at(-1) ?? '')
        : reject(new Error(`${script} ended with ${code}`)),
    );
    child.stdin.end(JSON.stringify(input));
  });
}
