/** What exports of a template need of the run that has found it. */
import { readPromptFields } from '../../activities/imports/prompt-fields.ts';
import type { Store } from '../../activities/store/store.ts';
import type { TaskTemplate } from '../../activities/store/task-templates.ts';
import type { Settings } from '../../configs/settings/types.ts';
import type { RunOfTemplate } from './export-template.ts';

/**
 * Its held-out inputs are those still in the project's data.
 * @throws StoreError `NO_SUCH_OBJECT` where the settings of the run are not there any more
 */
export async function readRunOfTemplate(store: Store, { manifest }: TaskTemplate): Promise<RunOfTemplate> {
  const { texts, mainModel } = (await store.getObject(manifest.settingsDigest)) as Settings;
  const rows = await store.query(
    "select fields from base_prompts where run = $run and split = 'test' order by base_prompt_idx",
    { run: manifest.run },
  );
  return {
    mainModelInput: texts.main_model_input,
    model: mainModel.model.name,
    inputs: rows.map((row) => readPromptFields(row['fields'])),
  };
}
