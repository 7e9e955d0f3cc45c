import assert from 'node:assert/strict';
import { answerTask, drawTickets, TEAMS } from '../../../bench/search-peers/task-world.ts';

const tickets = drawTickets(400, 1);
const shareRight = (before: string): number =>
  tickets.filter(
    ({ input, expected }) => answerTask([{ role: 'user', content: `${before}\n${input}` }], 0) === expected,
  ).length / tickets.length;
const FORM = `The teams are ${TEAMS.join(', ')}. Give the name of the team alone.`;

describe('the task of the bench of searches', () => {
  it('is done by no prompt that says neither teams nor form, half by one that does, and nearly all by one with the rules', () => {
    const rules = [...new Map(tickets.map(({ about, expected }) => [about, expected]))]
      .map(([about, team]) => `Tickets about the ${about} belong to ${team}.`)
      .join(' ');
    assert.equal(shareRight('Which team?'), 0);
    const half = shareRight(FORM);
    assert.ok(half > 0.35 && half < 0.65, `${half}`);
    assert.ok(shareRight(`${FORM} ${rules}`) > 0.85);
  });

  it('has a writer that knows of no rule but those that failures show, in the form of each engine', () => {
    const written = (shown: string): string =>
      Array.from({ length: 30 }, (_, seed) =>
        answerTask([{ role: 'user', content: `<failures>\n${shown}\n</failures>` }], seed),
      ).join('\n');
    assert.doesNotMatch(written('(none is shown)'), /belong/u);
    assert.doesNotMatch(written('look at my voucher, says Ada. expected: billing'), /belong/u);
    for (const shown of [
      '{"input":{"input":"Please look at my voucher, says Ada."},"expected":"returns"}',
      'Please look at my voucher, says Ada.\n## Feedback\nwrong, expected: returns',
    ]) {
      assert.match(written(shown), /the voucher belong to returns/u);
      assert.doesNotMatch(written(shown), /the (?:deposit|customs|pallet|battery|charger) belong/u);
    }
  });
});
