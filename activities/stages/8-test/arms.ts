/** The arms of the test, in order. Names and indexes are durable: they stand in the test tables and in metrics.json. */
export const arms = [
  { name: 'baseline', index: -1, description: 'the untouched base prompt' },
  { name: 'rewriter', index: 0, description: 'rewritten once by the prompt-optimization model, unranked' },
  {
    name: 'ranker',
    index: 1,
    description: 'the best of several rewritings and the untouched prompt, as the trained ranker orders them',
  },
  {
    name: 'untrained',
    index: 2,
    description:
      'the control at equal spend: as many rewritings without lessons, and the choice left to the model that wrote them',
  },
] as const;

/** The arm that spends what the trained ones spend and has learned nothing: what they gain beyond it is the learning. */
export const control = 'untrained' satisfies ArmName;

export type ArmName = (typeof arms)[number]['name'];
