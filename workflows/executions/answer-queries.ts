/** The queries of a run and of a slice: how far it is, what an expression is worth in it, and what another execution needs to go on with it. */
import type { RawValue } from '@temporalio/common';
import { defineQuery, setHandler } from '@temporalio/workflow';
import { cutToFit } from '../control/cut-status.ts';
import type { StatusOfRun } from '../control/run-status.ts';
import {
  EVALUATE_QUERY,
  OUTCOMES_QUERY,
  STATUS_QUERY,
  type EvaluateAnswer,
  type RunStatus,
} from '../messages.ts';
import { inline } from '../temporal/inline.ts';
import { evaluateFor } from './evaluate-for.ts';
import { piecesOfMemory, type MemoryPiece, type RunMemory, type SliceMemory } from './run-memory.ts';

/** @param remember undefined while nothing has begun that could be gone on with. */
export function answerQueries(
  status: StatusOfRun,
  remember: () => RunMemory | SliceMemory | undefined,
): void {
  setHandler(defineQuery<RawValue<RunStatus>>(STATUS_QUERY), () => inline(cutToFit(status.view())));
  setHandler(defineQuery<RawValue<EvaluateAnswer>, [unknown]>(EVALUATE_QUERY), (asked) =>
    inline(evaluateFor(asked, status.scope)),
  );
  // Whoever asks for the first piece asks for all of them, of the memory as it was then.
  let pieces: readonly string[] = [];
  setHandler(defineQuery<RawValue<MemoryPiece | null>, [number?]>(OUTCOMES_QUERY), (index = 0) => {
    const memory = remember();
    if (index === 0 || pieces.length === 0) pieces = memory === undefined ? [] : piecesOfMemory(memory);
    const text = pieces[index];
    return inline(text === undefined ? null : { text, pieces: pieces.length });
  });
}
