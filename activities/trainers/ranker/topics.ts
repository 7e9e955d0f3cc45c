/** Splits the topics into `count` groups, turn by turn, and tells which of them a topic is in. */
export function mapTopics(topics: readonly string[], count: number): ReadonlyMap<string, number> {
  return new Map(topics.map((topic, index) => [topic, index % count]));
}
