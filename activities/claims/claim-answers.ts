/** The answers that a claim rests on: those of its run's fresh prompts, and of all looks before. */
import { panelOf } from '../../configs/settings/panel.ts';
import type { ActivityContext } from '../activity.ts';
import { judgesOf, readTrust, type Judges } from '../scoring/validator-trust.ts';
import { countMissingScores } from '../scoring/missing-scores.ts';
import type { TestAnswer } from '../stages/8-test/metrics/arm-metrics.ts';
import { SCORES_OF_ANSWER, toTestAnswer } from '../stages/8-test/metrics/test-answers.ts';
import { findLearnedTopics, readLearnedPrompts } from './learned-prompts.ts';

export interface ClaimAnswer extends TestAnswer {
  /** The run that it is of. */
  readonly run: string;
  /** Whether its prompt was in the gate of an earlier round already. */
  readonly isRegression: boolean;
}

export interface ClaimAnswers {
  /** Without the topics that one of the versions has learned from. */
  readonly answered: readonly ClaimAnswer[];
  /** Those that are believed in all of the runs. */
  readonly judges: Judges;
  /** Topics that were left out because one of the versions has learned from them. */
  readonly learnedTopics: number;
  /** Version whose training prompts are not in the tables any more, so that nobody knows what to leave out. */
  readonly unknown: string | undefined;
}

/** One row an answer; prompts of several runs are numbered anew, so that each is one prompt of its own. */
const answers = `
  select dense_rank() over (order by run, base_prompt_idx) as base_prompt_idx, run, topic, base_prompt, arm,
    model_output, is_regression, ${SCORES_OF_ANSWER}
  from test_answers
  join (select run, base_prompt_idx, split = 'regression' as is_regression from base_prompts) using (run, base_prompt_idx)
  where list_contains($runs, run)
  group by run, base_prompt_idx, topic, base_prompt, arm, model_output, is_regression, sample_idx
  order by base_prompt_idx, arm, sample_idx`;

/** @param versions those that are compared; empty names are of none. */
export async function readClaimAnswers(
  { runs, versions }: { readonly runs: readonly string[]; readonly versions: readonly string[] },
  context: ActivityContext,
): Promise<ClaimAnswers> {
  const { store } = context;
  const trusted = new Map<string, readonly number[]>();
  for (const runId of runs) {
    const source = { ...context, run: { ...context.run, runId } };
    const { areTooMany } = await countMissingScores(source);
    trusted.set(runId, areTooMany ? [] : (await readTrust(source)).validators);
  }
  const panel = panelOf(context.settings.validatorModel);
  const inAll = [...panel.validators, ...panel.checks].filter((validator) =>
    [...trusted.values()].every((list) => list.includes(validator)),
  );
  const names = versions.filter((version) => version !== '');
  const learned = await Promise.all(names.map((version) => readLearnedPrompts(store, version)));
  const rows = await store.query(answers, { runs });
  const known = learned.flatMap((one) => one ?? []);
  const left = findLearnedTopics(
    rows.map((row) => ({ topic: String(row['topic']), basePrompt: String(row['base_prompt']) })),
    known,
  );
  return {
    answered: rows
      .filter((row) => !left.has(String(row['topic'])))
      .map((row) => ({
        ...toTestAnswer(row, trusted.get(String(row['run'])) ?? []),
        run: String(row['run']),
        isRegression: row['is_regression'] === true,
      })),
    judges: judgesOf(inAll, panel),
    learnedTopics: left.size,
    unknown: names.find((_, index) => learned[index] === undefined),
  };
}
