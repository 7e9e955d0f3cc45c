/** How Temporal's development server is run, in the local stack and in the tests alike. */

const dynamicConfig = [
  // The server's own default, 20 per second and shard, costs about 100 ms for every sequential activity.
  'history.transferProcessorMaxPollRPS=1000',
  // More than its standard of 100 events during one workflow task make the server throw that task away, and the run
  // stands still for seconds: 50 activities that end at once are enough.
  'history.maximumBufferedEventsBatch=2000',
  // Some hundred activities a second pass the standard limits (1,200 requests a second to matching, 2,400 to the frontend, 3,000
  // to history), and what is refused there is tried again after three seconds: everything stands still for as long.
  'matching.rps=100000',
  'frontend.rps=100000',
  'frontend.namespaceRPS=100000',
  'history.rps=100000',
  // The first activity of each run is handed to the worker with the workflow task that asks for it.
  'system.enableActivityEagerExecution=true',
  // Without it, priorities and fairness keys are ignored.
  'matching.enableFairness=true',
  // They hold within each partition of a task queue, of which one server needs no more than one.
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
];

/** Arguments of `temporal server start-dev`, besides addresses and files. */
export const devServerArguments: readonly string[] = dynamicConfig.flatMap((setting) => [
  '--dynamic-config-value',
  setting,
]);

/** Its environment: Go's own standard (100) spends a fifth of the server's time on collecting garbage, to save 200 MB. */
export function devServerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { GOGC: '400', ...env };
}
