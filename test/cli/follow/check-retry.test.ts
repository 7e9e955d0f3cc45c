import assert from 'node:assert/strict';
import { assertBeyond, assertTask } from '../../../cli/follow/check-retry.ts';
import { CliError } from '../../../cli/cli-error.ts';
import type { TaskStatus } from '../../../workflows/messages.ts';
import { noInstances } from '../../support/no-instances.ts';

const refused = (error: unknown): boolean => error instanceof CliError && error.exitCode === 2;

describe('a retry of a run that has ended', () => {
  const score = {
    name: 'score',
    path: 'explore.score',
    kind: 'activity',
    state: 'failed',
    counts: noInstances,
  };
  const tasks = [
    { ...score, name: 'explore', path: 'explore', kind: 'group', tasks: [score] },
  ] as TaskStatus[];

  it('is of a task that the run has', () => {
    assertTask('explore', 'prose-1', tasks);
    assertTask('explore[3]@2.score[1]', 'prose-1', tasks);
    assert.throws(() => assertTask('nosuch', 'prose-1', tasks), refused);
    assert.throws(() => assertTask('explore[0].scor', 'prose-1', tasks), /Did you mean 'explore.score'/u);
  });

  it('has a budget of at least what was spent', () => {
    const spent = { calls: 100, promptTokens: 30, completionTokens: 20, money: 0 };
    assertBeyond(spent, { calls: 100, tokens: 51 }, 'prose-1');
    assert.throws(() => assertBeyond(spent, { calls: 500, tokens: 49 }, 'prose-1'), refused);
  });
});
