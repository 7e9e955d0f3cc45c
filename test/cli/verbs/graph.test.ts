import assert from 'node:assert/strict';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import fc from 'fast-check';
import { dotText } from '../../../cli/drawing/graph-dot.ts';
import { mermaidText } from '../../../cli/drawing/graph-mermaid.ts';
import { graphOf } from '../../../cli/drawing/graph-model.ts';
import type { Definition } from '../../../definitions/model/types.ts';
import { play, PlayedFailure } from '../../support/play.ts';

const definition: Definition = {
  name: 'small',
  tasks: {
    start: { activity: 'generateBasePrompts', taskQueue: 'gpu-generation' },
    explore: {
      needs: ['start'],
      forEach: { in: '${ tasks.start.shards }', as: 'shard' },
      tasks: {
        vary: { activity: 'generateVariations' },
        score: {
          needs: ['vary'],
          forEach: { in: [1, 2] },
          activity: 'runValidator',
          when: '${ vary.state == "ok" }',
        },
      },
    },
    end: { needs: ['start', 'explore'], run: 'noneFailed', activity: 'buildPairs' },
  },
};

describe('graph', () => {
  it('shows a catch as a group inside the task that it is of', () => {
    const tasks = { undo: { activity: 'noop' } };
    const caught: Definition = {
      name: 'caught',
      tasks: { pay: { activity: 'noop', catch: { codes: ['LATE', 'LOST'], tasks } } },
    };
    assert.deepEqual(mermaidText(graphOf(caught)).split('\n').slice(0, 6), [
      'flowchart TD',
      '  subgraph t1["pay<br/>noop"]',
      '    subgraph t2["catch<br/>LATE, LOST"]',
      '      t3["undo<br/>noop"]',
      '    end',
      '  end',
    ]);
  });

  it('is written as a Mermaid flowchart with groups as subgraphs', () => {
    assert.deepEqual(mermaidText(graphOf(definition)).split('\n'), [
      'flowchart TD',
      '  t1["start<br/>generateBasePrompts @ gpu-generation"]',
      '  subgraph t2["⟳ explore<br/>for each shard in tasks.start.shards"]',
      '    t4["vary<br/>generateVariations"]',
      '    t5[["⟳ score<br/>runValidator<br/>for each item in [1,2]<br/>when vary.state == #34;ok#34;"]]',
      '    t4 --> t5',
      '  end',
      '  t3["end<br/>buildPairs"]',
      '  t1 --> t2',
      '  t1 -->|noneFailed| t3',
      '  t2 -->|noneFailed| t3',
    ]);
  });

  it('is written as DOT with groups as clusters and arrows that end at their borders', () => {
    const lines = dotText('small', graphOf(definition))
      .split('\n')
      .map((line) => line.trim());
    assert.ok(lines.includes('subgraph cluster_t2 {'));
    assert.ok(lines.includes('t1 -> t2 [lhead=cluster_t2]'));
    assert.ok(lines.includes('t2 -> t3 [ltail=cluster_t2, label="noneFailed"]'));
  });

  it('of a run is coloured by state, with counts', async () => {
    const { status } = await play(
      {
        each: { forEach: { in: [1, 2] }, tasks: { work: { activity: 'work' } } },
        after: { needs: ['each'], activity: 'work' },
      },
      {
        work: (_, { task }) => {
          if (task.startsWith('each[1]')) throw new PlayedFailure('NO');
          return {};
        },
      },
    );
    const tasks = {
      each: { forEach: { in: [1, 2] }, tasks: { work: { activity: 'work' } } },
      after: { activity: 'work' },
    };
    const graph = graphOf({ name: 'x', tasks }, status);
    const lines = mermaidText(graph).split('\n');
    assert.ok(lines.includes('    t3["work<br/>work<br/>1 succeeded, 1 failed"]'), lines.join('\n'));
    assert.ok(
      lines.includes('  class t1,t3 failed') && lines.includes('  class t2 blocked'),
      lines.join('\n'),
    );
    const svg = (await Graphviz.load()).dot(dotText('x', graph), 'svg');
    assert.match(svg, /fill="#ffebe9"/);
  });

  it('is drawn by Graphviz whatever the texts in it are', async () => {
    const graphviz = await Graphviz.load();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string(), (when, activity) => {
        const text = dotText(
          activity,
          graphOf({ name: 'x', tasks: { a: { activity, when }, b: { tasks: {}, needs: ['a'] } } }),
        );
        assert.match(graphviz.dot(text, 'svg'), /<svg/u);
      }),
      { numRuns: 30 },
    );
  });
});
