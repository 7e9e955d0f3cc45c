/**
 * Mocha's dot reporter, which tells of a failure as it happens, and ends with one plain line that a program can read:
 * `12 passed, 0 failed`. A process that something still keeps alive after that is ended, and has failed.
 */
import Mocha from 'mocha';

/** Milliseconds that a process has to end by itself. */
const PATIENCE = Number(process.env.PROSE_TEST_PATIENCE ?? 60_000);

const { Base, Dot } = Mocha.reporters;

// Mocha takes a reporter's default export.
// oxlint-disable-next-line import/no-default-export
export default class ClosingLineReporter extends Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      process.stdout.write(`\n  FAILED ${test.fullTitle()}: ${error.message.split('\n')[0]}\n`);
    });
  }

  epilogue() {
    Base.prototype.epilogue.call(this);
    const { passes, failures, pending } = this.stats;
    const skipped = pending > 0 ? `, ${pending} skipped` : '';
    process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
    setTimeout(endNow, PATIENCE).unref();
  }
}

/** A test that ran out of time may have left what never ends: a loop, a server, a connection. */
function endNow() {
  const open = process.getActiveResourcesInfo().join(', ');
  process.stdout.write(`  FAILED The tests do not end by themselves; still open: ${open}\n`);
  // Mocha's own handler, which is called before this one, sets the code to the number of failures.
  process.once('exit', () => (process.exitCode = 1));
  process.exit();
}
