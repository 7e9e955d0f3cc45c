/** All that an execution of a run hands on to the next one, and how it gets there whatever its size. */
import { patched } from '@temporalio/workflow';
import type { PinnedRun } from '../../activities/pinning/pin-run.ts';
import type { MemoryPieces } from '../../activities/pinning/run-memory.ts';
import type { Value } from '../../definitions/model/types.ts';
import { internalActivities, orFail } from '../temporal/internal-activity.ts';
import type { RunOptions } from '../messages.ts';
import type { OutcomeRecord } from '../state/outcomes.ts';
import type { SliceCall } from '../items/slices.ts';

/** Durable: the next execution may be run by a later version. */
export interface RunMemory {
  readonly pinned: PinnedRun;
  /** As given to the first execution. */
  readonly options: RunOptions;
  /** Of the first execution; milliseconds since the epoch. */
  readonly startedAt: number;
  readonly isPaused: boolean;
  /** Of the definition's `repeat`, from 0; the outcomes are this round's. */
  readonly round: number;
  /** Outputs of the round before; null in round 0. */
  readonly last: { readonly [name: string]: Value } | null;
  readonly outcomes: OutcomeRecord;
}

/** What a slice remembers, for the one that goes on with it. Durable. */
export interface SliceMemory extends Pick<SliceCall, 'items' | 'scope'> {
  readonly outcomes: OutcomeRecord;
}

/** A memory in a payload: as it is, or (of earlier versions) the digests of the pieces of its JSON text, which lie in the store. Durable. */
export type SavedMemory = { readonly memory: RunMemory } | MemoryPieces;

/** Answer of the `outcomes` query: one piece of the JSON text of a `RunMemory` or `SliceMemory`, of so many. */
export interface MemoryPiece {
  readonly text: string;
  readonly pieces: number;
}

/**
 * Characters in one answer of a query, far below Temporal's limit of 2 MB: a character takes up to three bytes, and JSON in JSON
 * has more of them.
 */
const PIECE_CHARS = 400_000;

/** Durable: marks histories whose large memories are payloads of their own. */
const PATCH = 'memory-by-reference';

const { writeMemory, readMemory: readPiece } = internalActivities({
  summary: 'Hand over between the executions of the run',
});

/** The JSON text of a memory, in pieces each of which fits into a payload. */
export function piecesOfMemory(memory: RunMemory | SliceMemory): readonly string[] {
  return piecesOf(JSON.stringify(memory));
}

/**
 * The memory, as it is or, where an earlier version has begun to, written to the store in pieces. Not to be cancelled.
 *
 * @param remember asked again once everything is written: what an operator decided meanwhile is not lost.
 */
export async function saveMemory(remember: () => RunMemory): Promise<SavedMemory> {
  for (;;) {
    const memory = remember();
    const { project } = memory.pinned;
    const text = JSON.stringify(memory);
    // Since payloads go by reference where they are large, a memory need not be cut into pieces any more.
    if (text.length <= PIECE_CHARS || patched(PATCH)) return { memory };
    const pieces: string[] = [];
    // One after the other: several at once would pass Temporal's limit of a message.
    for (const piece of piecesOf(text))
      pieces.push(await orFail(() => writeMemory({ text: piece, ...(project && { project }) })));
    if (JSON.stringify(remember()) === text) return { pieces, ...(project && { project }) };
  }
}

export async function readMemory(saved: SavedMemory): Promise<RunMemory> {
  return 'memory' in saved ? saved.memory : readPieces<RunMemory>(saved);
}

/** A memory that lies in the store. */
export async function readPieces<Memory>({ pieces, project }: MemoryPieces): Promise<Memory> {
  let text = '';
  for (const digest of pieces)
    text += await orFail(() => readPiece({ digest, ...(project !== undefined && { project }) }));
  return JSON.parse(text) as Memory;
}

function piecesOf(text: string): readonly string[] {
  const count = Math.ceil(text.length / PIECE_CHARS);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * PIECE_CHARS, (index + 1) * PIECE_CHARS),
  );
}
