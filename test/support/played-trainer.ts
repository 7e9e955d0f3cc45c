import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The name of the model that is to be trained says how it goes: `stays`, `dies`, `fails`, `is full`, `shrinks`, `talks`; any other ends well. */
const played = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const request = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const say = (event, fields = {}) => process.stdout.write(JSON.stringify({ event, ...fields }) + '\\n');
const rows = (file) => readFileSync(file, 'utf8').split('\\n').filter(Boolean).map((line) => JSON.parse(line));
const how = request.settings.model_name_or_path;
say('start', { step: 0, steps: 2, microBatch: 4 });
process.stdout.write('a library prints what it likes\\n');
if (how === 'stays') say('log', { step: 1, steps: 2, loss: 2.5, tokens: 100 });
if (how === 'stays') setInterval(() => {}, 1_000);
else if (how === 'dies') process.kill(process.pid, 'SIGKILL');
else if (how === 'fails') { say('error', { code: 'LOSS_NOT_FINITE', message: 'The loss of step 2 is nan.' }); process.exitCode = 1; }
else if (how === 'is full') { say('error', { code: 'DISK_FULL', message: 'No space left.' }); process.exitCode = 1; }
else {
  if (how === 'talks') process.stderr.write('w'.repeat(1_000_000));
  if (how === 'shrinks') { say('smaller', { microBatch: 2, accumulation: 2 }); say('start', { step: 0, steps: 2, microBatch: 2 }); }
  say('log', { step: 1, steps: 2, loss: 2.5, tokens: 100 });
  say('checkpoint', { step: 1 });
  say('log', { step: 2, steps: 2, heldOutLoss: 1.5 });
  writeFileSync(request.adapter + '/asked.json', JSON.stringify({ ...request, learned: rows(request.rows) }));
  say('done', { step: 2, margins: rows(request.margins).map((_, index) => (index === 0 ? -1 : 2)), versions: { trl: '1' },
    probes: request.probes.map((messages) => ({ messages, text: 'new', untrained: 'old' })) });
}
`;

/** A program that stands for Python with TRL: says what TRL would say of the request that it was given. @returns its path */
export async function playTrainer(folder: string): Promise<string> {
  const path = join(folder, 'python');
  await writeFile(path, played);
  await chmod(path, 0o755);
  return path;
}
