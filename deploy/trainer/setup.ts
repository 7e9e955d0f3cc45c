/** `npm run setup:trainer [-- MODEL]`: installs what adapters are trained with, and makes a plain folder of a known model. */
import { PythonSetupError } from '../downloads/python-environment.ts';
import { LocalModelError } from '../local-model/local-model-error.ts';
import { ensurePlainModel, ensureTrainer } from './ensure-trainer.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const options = { env: process.env, log: say };
try {
  const python = await ensureTrainer(options);
  process.stdout.write(`${python}\n`);
  for (const model of process.argv.slice(2))
    process.stdout.write(`${await ensurePlainModel(model, python, options)}\n`);
} catch (error) {
  if (!(error instanceof PythonSetupError || error instanceof LocalModelError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
