import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { activities, activityCatalogue } from '../../activities/index.ts';
import { isFields } from '../../definitions/documents/fields.ts';

/** The least and the greatest that an activity takes, by the place in its input; a text or list by its length. */
const BOUNDS: { readonly [place: string]: { readonly from: number; readonly to?: number } } = {
  'generateBasePrompts.count': { from: 1 },
  'generateBasePrompts.splits.train': { from: 0, to: 1 },
  'generateBasePrompts.splits.select': { from: 0, to: 1 },
  'generateBasePrompts.splits.gate': { from: 0, to: 1 },
  'generateBasePrompts.splits.test': { from: 0, to: 1 },
  'generateVariations.count': { from: 0, to: 1000 },
  'generateVariations.templates[]': { from: 0 },
  'writeInstructions.template': { from: 1 },
  'writeInstructions.count': { from: 1, to: 64 },
  'writeInstructions.round': { from: 0 },
  'proposeTemplates.maxTokens': { from: 1 },
  'proposeTemplates.template': { from: 1 },
  'proposeTemplates.count': { from: 1, to: 64 },
  'proposeTemplates.round': { from: 0 },
  'pickTemplates.count': { from: 1, to: 64 },
  'runMainModel.samples': { from: 1, to: 100 },
  'runValidator.validator': { from: 1, to: 9 },
  'planLessons.version': { from: 1 },
  'planLessons.prompts': { from: 0 },
  'testLessons.version': { from: 1 },
  'testLessons.lessons': { from: 0 },
  'registerTest.arm': { from: 1 },
  'registerTest.looks': { from: 1 },
  'optimizeTestPrompts.version': { from: 1 },
  'askPeople.pairs': { from: 1, to: 10_000 },
  'askPeople.disputed': { from: 0, to: 0.9 },
  'askPeople.arm': { from: 1 },
  'evaluateArms.leakingPairs': { from: 0 },
  'promoteModel.version': { from: 1 },
  'promoteModel.run': { from: 1 },
  'planHeadroom.prompts': { from: 1 },
  'measureHeadroom.worthwhile': { from: Number.MIN_VALUE, to: 4 },
  'gatherPairs.newPairs': { from: 0 },
  'gatherPairs.maxPairs': { from: 1 },
  'gatherPairs.minimumPairs': { from: 1 },
  'gatherPairs.coolDownAfter': { from: 1 },
  'drawRegressionSet.count': { from: 0 },
  'drawRegressionSet.firstIndex': { from: 0 },
  'optimizeGatePrompts.challenger': { from: 1 },
  'judgeChallenger.challenger': { from: 1 },
  'recordRound.round': { from: 0 },
  'recordRound.newPairs': { from: 0 },
  'command.command': { from: 1 },
  'command.allowedExitCodes': { from: 1 },
  'command.allowedExitCodes[]': { from: 0, to: 255 },
  'http.allowedStatuses[]': { from: 400, to: 599 },
  'listShards.run': { from: 1 },
  'generate.key': { from: 1 },
  'generate.samples': { from: 1, to: 1000 },
  'generate.shardSize': { from: 1, to: 100_000 },
};

interface Bounded {
  readonly place: string;
  readonly schema: { readonly [keyword: string]: unknown };
}

/** The places of a schema that have a bound. */
function boundedPlaces(place: string, schema: unknown): Bounded[] {
  if (!isFields(schema)) return [];
  const isBounded = Object.keys(schema).some((keyword) => /^(?:exclusive)?(?:min|max)/i.test(keyword));
  const { properties } = schema;
  return [
    ...(isBounded ? [{ place, schema }] : []),
    ...(isFields(properties)
      ? Object.entries(properties).flatMap(([name, inner]) => boundedPlaces(`${place}.${name}`, inner))
      : []),
    ...boundedPlaces(`${place}[]`, schema['items']),
  ];
}

/** A number, or a text or list of that length, as a schema takes it. */
function valueOf({ schema }: Bounded, size: number): unknown {
  if (schema['type'] === 'string') return 'a'.repeat(size);
  if (schema['type'] !== 'array') return size;
  const { items } = schema;
  const item = isFields(items) && items['type'] === 'integer' ? 0 : 'a';
  return Array.from({ length: size }, (_, index) => (typeof item === 'number' ? index : `${item}${index}`));
}

describe('the registry of activities', () => {
  const bounded = activities.flatMap(({ name, input }) => boundedPlaces(name, input));
  const ajv = new Ajv2020({ allowUnionTypes: true });

  it('has all these bounds in its inputs', () => {
    const places = bounded.map(({ place }) => place);
    assert.deepEqual(
      Object.keys(BOUNDS).filter((place) => !places.includes(place)),
      [],
    );
  });

  for (const one of bounded.filter(({ place }) => place in BOUNDS))
    it(`takes the least and the greatest of ${one.place}, and nothing beyond`, () => {
      const { from, to } = BOUNDS[one.place] ?? { from: Number.NaN };
      const takes = ajv.compile(one.schema);
      const isSized = ['string', 'array'].includes(String(one.schema['type']));
      const step = one.schema['type'] === 'number' ? 1e-9 : 1;
      assert.ok(takes(valueOf(one, from)), 'the least');
      if (from === Number.MIN_VALUE) assert.equal(takes(0), false, 'nothing at all');
      else if (from > 0 || !isSized)
        assert.equal(takes(valueOf(one, from - step)), false, 'less than the least');
      if (to === undefined) {
        assert.ok(takes(valueOf(one, isSized ? 200 : 100_000)), 'many');
        return;
      }
      assert.ok(takes(valueOf(one, to)), 'the greatest');
      assert.equal(takes(valueOf(one, to + step)), false, 'more than the greatest');
    });

  it('says which outputs may be kept, who asks no model, and who writes a part', () => {
    const catalogue = activityCatalogue();
    const cacheable =
      'generateBasePrompts planScoring generateVariations runMainModel planHeadroom noop generate';
    const modelless =
      'planScoring proposeTemplates pickTemplates runChecks chooseTemplate testLessons askPeople planHeadroom noop sleep command http sql';
    for (const name of cacheable.split(' ')) assert.equal(catalogue.get(name)?.cacheable, true, name);
    for (const name of modelless.split(' ')) assert.equal(catalogue.get(name)?.asksNoModel, true, name);
    for (const name of ['sql', 'generate']) assert.equal(catalogue.get(name)?.writesPart, true, name);
  });

  it('refuses what no input of an activity is named', () => {
    for (const { name, input } of activities) assert.equal(input['additionalProperties'], false, name);
  });
});
