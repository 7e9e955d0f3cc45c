/** Mocha's dot reporter, which tells of a failure as it happens, and ends with one plain line that a program can read: `12 passed, 0 failed`. */
import Mocha from 'mocha';

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
  }
}
