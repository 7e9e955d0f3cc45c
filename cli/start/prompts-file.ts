/** The file of the user's own prompts, looked at before a run that would find it wrong. */
import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { Params } from '../../definitions/checks/params.ts';
import type { Definition } from '../../definitions/model/types.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';

/** Params of the definitions that come with PROSE which name a file of prompts, or of inputs for a template. */
const FILE_PARAMS = ['promptsFile', 'inputs'] as const;

interface CheckedPromptsFile {
  /** With the path as the run finds it: from the project's root. */
  readonly params: Params;
  /** Topic of each prompt in the file; absent if none was given. */
  readonly topics?: readonly string[];
  /** What was read, for people; absent if no file was given. */
  readonly told?: string;
}

/**
 * Reads the file that the param `promptsFile` names, from the working directory if it lies there, else from the root.
 * Throws `CliError` `WRONG_INPUT` with what the run would say of it.
 */
export async function checkPromptsFile(
  cli: Cli,
  definition: Definition,
  params: Params,
): Promise<CheckedPromptsFile> {
  const param = FILE_PARAMS.find((name) => definition.params?.[name] !== undefined);
  const given = param === undefined ? undefined : params[param];
  if (param === undefined || typeof given !== 'string' || given === '') return { params };
  const [
    { describeCounts, readPromptsFile },
    { readTemplate },
    { ActivityError },
    { createStore },
    { realPathInside },
    { StoreError },
  ] = await Promise.all([
    import('../../activities/stages/1-base-prompts/prompts-file.ts'),
    import('../../activities/imports/read-template.ts'),
    import('../../activities/attempts/errors.ts'),
    import('../../activities/store/create-store.ts'),
    import('../../activities/store/paths.ts'),
    import('../../activities/store/store-error.ts'),
  ]);
  const store = await createStore({ root: cli.root });
  try {
    const fromRoot = async (named: string): Promise<string> => {
      const found = await realPathInside(cli.root, resolve(cli.context.cwd, named));
      if (found === undefined) return named;
      return relative(await realpath(cli.root), found)
        .split(sep)
        .join('/');
    };
    const path = await fromRoot(given);
    const { template } = params;
    const templatePath =
      param === 'inputs' && typeof template === 'string' ? await fromRoot(template) : undefined;
    const text = templatePath === undefined ? undefined : await readTemplate(templatePath, store);
    const { prompts, counts } = await readPromptsFile(path, store, [], text);
    return {
      params: { ...params, [param]: path, ...(templatePath === undefined ? {} : { template: templatePath }) },
      topics: prompts.map(({ topic }) => topic),
      told: `${path}: ${describeCounts(counts)}; ${prompts.length} prompts.`,
    };
  } catch (error) {
    if (error instanceof ActivityError || error instanceof StoreError) throw wrongInput(error.message);
    throw error;
  } finally {
    await store.close();
  }
}
