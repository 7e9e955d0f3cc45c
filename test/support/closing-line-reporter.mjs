/** Mocha's dot reporter, ended by one plain line that a program can read: `12 passed, 0 failed`. */
import Mocha from 'mocha';

const { Base, Dot } = Mocha.reporters;

// Mocha takes a reporter's default export.
// oxlint-disable-next-line import/no-default-export
export default class ClosingLineReporter extends Dot {
  epilogue() {
    Base.prototype.epilogue.call(this);
    const { passes, failures, pending } = this.stats;
    const skipped = pending > 0 ? `, ${pending} skipped` : '';
    process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`);
  }
}
