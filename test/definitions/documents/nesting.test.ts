import assert from 'node:assert/strict';
import { findBeyond, MAX_DEPTH } from '../../../definitions/documents/nesting.ts';

const codeOf = (text: string): string | undefined => findBeyond(text)?.finding.code;

describe('findBeyond', () => {
  it('takes 64 brackets inside one another, and names the place of the next', () => {
    assert.equal(codeOf('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH)), undefined);
    assert.equal(codeOf('{a: '.repeat(MAX_DEPTH) + '}'.repeat(MAX_DEPTH)), undefined);
    const found = findBeyond('['.repeat(MAX_DEPTH + 1));
    assert.deepEqual([found?.finding.code, found?.offset], ['TOO_DEEP', MAX_DEPTH]);
  });

  it('takes any number beside one another', () => {
    assert.equal(codeOf(`[${'[1], '.repeat(200)}]`), undefined);
    assert.equal(codeOf('- [a: 1, ? b]\n'.repeat(200)), undefined);
    assert.equal(codeOf(`[${'{a: 1, b: 2}, '.repeat(200)}]`), undefined);
  });

  it('takes 128 dashes and colons on a line, and no more', () => {
    assert.equal(codeOf(`${'- '.repeat(2 * MAX_DEPTH)}a`), undefined);
    assert.equal(codeOf(`${'- '.repeat(2 * MAX_DEPTH + 1)}a`), 'TOO_DEEP');
    assert.equal(codeOf(`${'? '.repeat(2 * MAX_DEPTH + 1)}a`), 'TOO_DEEP');
  });

  it('takes lines that begin after 400 blanks, and no more', () => {
    assert.equal(codeOf(`a:\n${' '.repeat(400)}b: 1`), undefined);
    assert.equal(codeOf(`a:\n${' '.repeat(401)}b: 1`), 'TOO_DEEP');
    assert.equal(codeOf(`a:${' '.repeat(401)}b`), undefined);
    assert.equal(codeOf(`[\n${' '.repeat(401)}b]`), undefined);
  });

  it('says where a file becomes too large', () => {
    assert.equal(codeOf('- a\n'.repeat(100_000)), undefined);
    const found = findBeyond('- a\n'.repeat(150_000));
    assert.equal(found?.finding.code, 'FILE_TOO_LARGE');
    assert.ok(found.offset > 0 && found.offset < 600_000);
  });
});
