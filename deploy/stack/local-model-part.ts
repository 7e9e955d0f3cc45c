/** The local model server, of a real small model, as a part of the stack that is started only when it is asked for. */
import { createHash } from 'node:crypto';
import { getModel } from '../local-model/get-model.ts';
import { getRuntime } from '../local-model/get-runtime.ts';
import type { PartContext } from './part-context.ts';
import { startServerPart } from './server-part.ts';
import type { Part } from './stack-part.ts';

/** Digest of what the server of this model is started with. @param model as it was asked for. */
export function localModelDigest(model: string, { sourceDigest }: PartContext): string {
  return createHash('sha256').update(`local model ${model} ${sourceDigest}`).digest('hex');
}

/**
 * What is missing is got before, so that whoever waits sees how it goes. Throws `LocalModelError`.
 *
 * @param model the name of a known model, or the path of a GGUF file, relative to the project.
 */
export async function startLocalModel(
  model: string,
  context: PartContext,
  before: Part | undefined,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const { env, log, root } = context;
  await getRuntime({ env, log });
  const { name, path } = await getModel(model, { env, log, cwd: root });
  const command = {
    name: 'localModel',
    file: 'deploy/local-model/main.ts',
    args: ['--model', path, '--name', name],
    digest: localModelDigest(model, context),
  } as const;
  const known = { model, servedAs: name };
  const part = await startServerPart(command, context, before, (one) => record({ ...one, ...known }));
  return { ...part, ...known };
}
