/**
 * Run once for each context of workflows, before its globals are frozen.
 *
 * For its `__stack_trace` query the SDK takes a stack of every promise that a workflow makes; with ten calls each, half
 * of the interpreter's time went there. They would say nothing of a run (they are always the interpreter's; the
 * `status` query tells where a run is), and of a fault two calls say where it is.
 */
Error.stackTraceLimit = 2;
