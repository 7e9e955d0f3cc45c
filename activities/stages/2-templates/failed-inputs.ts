/** The training inputs that a template did worst on, as a model is shown them. */
import type { ActivityContext } from '../../activity.ts';
import { columnsNamedIn } from '../../imports/fill-columns.ts';
import { fieldOf, fieldText, readPromptFields } from '../../imports/prompt-fields.ts';
import { learningValidators } from '../../scoring/validator-trust.ts';
import { disarm } from '../../inference/texts/fence.ts';
import { cutText } from '../../../definitions/model/cut-text.ts';
import { GREATEST_SCORE, LEAST_SCORE } from '../../../configs/settings/criteria.ts';

/** What went wrong with the answer to one training input. */
export interface FailedInput {
  /** The columns that the user's template names. */
  readonly input: { readonly [column: string]: string };
  /** Null where no answer came. */
  readonly answer: string | null;
  /** Left out where the prompts file does not say. */
  readonly expected?: string;
  /** What the checks and validators that learning may hear said of it. */
  readonly wrong: readonly string[];
}

/** Characters of each text: a long one would leave no room for the others. */
const MOST_CHARACTERS = 600;

const query = `
  with heard as (
    select base_prompt_idx, prompt_variation_idx, avg(score) as score,
      list(distinct reason order by reason) filter (reason is not null and score < ${GREATEST_SCORE}) as reasons
    from score_sheets
    where run = $run and stage = 'validator_scores' and scored_by is distinct from 'gate'
      and list_contains($validators, validator)
    group by all
  ),
  answers as (
    select base_prompt_idx, prompt_variation_idx,
      arg_min(model_output, sample_idx) as answer, arg_min(error, sample_idx) as error
    from model_outputs where run = $run
    group by all
  )
  select p.fields, a.answer, a.error, to_json(coalesce(h.reasons, [])) as reasons
  from prompt_variations v
  join base_prompts p using (run, base_prompt_idx)
  left join answers a using (base_prompt_idx, prompt_variation_idx)
  left join heard h using (base_prompt_idx, prompt_variation_idx)
  where v.run = $run and p.split = 'train' and v.prompt_variation_idx = $template
    and coalesce(h.score, ${LEAST_SCORE}) < ${GREATEST_SCORE}
  order by coalesce(h.score, ${LEAST_SCORE}), hash(p.base_prompt_idx, $salt), p.base_prompt_idx
  limit $count`;

/**
 * The worst first; among equals the lot decides.
 * @param salt of that lot
 */
export async function readFailedInputs(
  template: { readonly index: number; readonly text: string },
  count: number,
  salt: number,
  context: Pick<ActivityContext, 'store' | 'run' | 'settings' | 'log'>,
): Promise<readonly FailedInput[]> {
  const rows = await context.store.query(query, {
    run: context.run.runId,
    template: template.index,
    validators: await learningValidators(context),
    salt,
    count,
  });
  return rows.map(({ fields: json, answer, error, reasons }): FailedInput => {
    const fields = readPromptFields(json);
    const expected = fieldOf(fields, 'expected') ?? null;
    const said = (JSON.parse(String(reasons)) as readonly string[]).map((reason) =>
      cutText(reason, MOST_CHARACTERS),
    );
    return {
      input: Object.fromEntries(
        columnsNamedIn(template.text).map((column) => [
          column,
          cutText(fieldText(fieldOf(fields, column) ?? ''), MOST_CHARACTERS),
        ]),
      ),
      answer: answer === null ? null : cutText(String(answer), MOST_CHARACTERS),
      ...(expected === null ? {} : { expected: cutText(fieldText(expected), MOST_CHARACTERS) }),
      wrong: said.length > 0 || error === null ? said : [`no whole answer: ${String(error)}`],
    };
  });
}

/** One a line, as JSON: nothing in a text ends it. */
export function describeFailures(failures: readonly FailedInput[]): string {
  const lines = failures.map((failure) => JSON.stringify(failure).replaceAll('</', String.raw`<\/`));
  return lines.length === 0 ? '(none is shown)' : disarm(lines.join('\n'));
}
