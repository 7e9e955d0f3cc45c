/** The embedded model server as a part of the stack. */
import { createHash } from 'node:crypto';
import type { PartContext } from './part-context.ts';
import { startServerPart } from './server-part.ts';
import type { Part } from './stack-part.ts';

/** Digest of what the model server is started with. */
export function modelsDigest({ sourceDigest }: PartContext): string {
  return createHash('sha256').update(`models ${sourceDigest}`).digest('hex');
}

/** The worker need not be restarted where the server gets the port it had. */
export function startModelServer(
  context: PartContext,
  before: Part | undefined,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const digest = modelsDigest(context);
  const command = { name: 'models', file: 'deploy/model-server/main.ts', args: [], digest } as const;
  return startServerPart(command, context, before, record);
}
