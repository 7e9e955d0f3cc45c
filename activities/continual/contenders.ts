/** Who answers the gate's prompts. Names and numbers are durable: they stand in the test tables of rounds. */
export const contenders = {
  baseline: { index: -1, description: 'the untouched base prompt' },
  champion: { index: 0, description: 'as the promoted optimizer words it' },
  challenger: { index: 1, description: "as the round's new optimizer words it" },
} as const;

export type Contender = keyof typeof contenders;
