/** The workflow bundle: the default export, which Temporal calls for every definition's name, and that of slices. */
export { runDefinition as default } from './interpreter.ts';
// The name is `SLICE_WORKFLOW`. Durable; no definition can have it.
export { runSlice as run_slice } from './executions/run-slice.ts';
