/** The workflow bundle: one default export, which Temporal calls for every workflow type. */
export { runDefinition as default } from './interpreter.ts';
