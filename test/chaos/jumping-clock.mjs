/** Loaded before a process: the clock of the day jumps by up to an hour, back and forth, every two seconds; clocks that only measure do not. */
const trueNow = Date.now.bind(Date);
const PERIOD_MS = 2_000;
const OFFSETS_MS = [0, 3_600_000, -3_600_000, 60_000, -60_000];

const offset = () => OFFSETS_MS[Math.floor(trueNow() / PERIOD_MS) % OFFSETS_MS.length] ?? 0;

const TrueDate = Date;
globalThis.Date = class extends TrueDate {
  constructor(...args) {
    super(...(args.length === 0 ? [trueNow() + offset()] : args));
  }

  static now() {
    return trueNow() + offset();
  }
};
