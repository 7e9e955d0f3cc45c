import assert from 'node:assert/strict';
import { defaultPayloadConverter } from '@temporalio/common';
import { givenProject, pinnedProject, toldProject } from '../../workers/own-runs.ts';

const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);

describe('whose run a worker is offered', () => {
  it('is told by the options that it was started with, never by its params', () => {
    const started = (...args: unknown[]) =>
      givenProject({ jobs: [{ initializeWorkflow: { arguments: args.map(payload) } }] });
    assert.equal(started({ project: 'mine' }, { project: 'one' }), 'one');
    assert.equal(started({ project: 'mine' }, {}), undefined);
    assert.equal(started({ project: 'mine' }, null), undefined);
    assert.equal(started({ project: 'mine' }), undefined);
    assert.equal(givenProject({ jobs: [{}] }), undefined);
  });

  it('is not told by the memo of who started it', () => {
    const memo = { project: 'marketing' };
    assert.equal(pinnedProject({ workflowType: 'prose', memo }), undefined);
    const continuedFromExecutionRunId = 'before';
    assert.equal(pinnedProject({ workflowType: 'prose', memo, continuedFromExecutionRunId }), 'marketing');
    assert.equal(pinnedProject({ workflowType: 'run_slice', memo }), 'marketing');
  });

  it('is told by the memo with which it says that it is pinned', () => {
    const fields = { project: payload('one'), state: payload('running') };
    const commands = [{}, { modifyWorkflowProperties: { upsertedMemo: { fields } } }];
    assert.equal(toldProject({ successful: { commands } }), 'one');
    assert.equal(toldProject({ successful: { commands: [{}] } }), undefined);
    assert.equal(toldProject({}), undefined);
  });
});
