import assert from 'node:assert/strict';
import { readCalled } from '../../../definitions/model/read-called.ts';
import type { Definition } from '../../../definitions/model/types.ts';

describe('readCalled', () => {
  const calling = (name: string, ...called: readonly string[]): Definition => ({
    name,
    tasks: Object.fromEntries(called.map((workflow, index) => [`t${index}`, { workflow }])),
  });
  const namesFrom = async (definitions: readonly Definition[]): Promise<readonly string[]> => {
    const asked: string[] = [];
    const [first = calling('none')] = definitions;
    const found = await readCalled(first, async (name) => {
      asked.push(name);
      return definitions.find((each) => each.name === name);
    });
    assert.equal(new Set(asked).size, asked.length, 'each is read once');
    return [...found.keys()];
  };

  it('finds what is run directly and through others, each once', async () => {
    assert.deepEqual(
      await namesFrom([calling('a', 'b', 'c'), calling('b', 'd'), calling('c', 'd'), calling('d')]),
      ['b', 'c', 'd'],
    );
  });

  it('ends where definitions run one another in a circle', async () => {
    assert.deepEqual(await namesFrom([calling('a', 'b'), calling('b', 'a')]), ['b', 'a']);
  });

  it('goes on past one that cannot be had', async () => {
    assert.deepEqual(await namesFrom([calling('a', 'gone', 'b'), calling('b')]), ['b']);
  });
});
