import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { packageRoot } from '../workers/workflow-bundle.ts';

/** What examples call files of the reader's own. */
const INVENTED = /\b(?:mine|my-|NAME|TASK)|[<>*…${]|\.\.\./u;

const tracked = execFileSync('git', ['ls-files'], { cwd: packageRoot, encoding: 'utf8' }).trim().split('\n');
const pages = tracked.filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md');
const folders = new Set(tracked.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));

/** Prose and tables of a page: code blocks show output and files of a reader's own. */
const textOf = (page: string): string =>
  readFileSync(join(packageRoot, page), 'utf8').replaceAll(/^```[^]*?^```/gmu, '');

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/gu, '-');

describe('the pages of the project', () => {
  it('link to files and headings that are there', () => {
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/gu)].flatMap(([, link = '']) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        if (!existsSync(join(packageRoot, target))) return [`${page}: ${link}`];
        if (anchor === undefined || !target.endsWith('.md')) return [];
        const headings = [...textOf(target).matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
          anchorOf(heading),
        );
        return headings.includes(anchor) ? [] : [`${page}: ${link}`];
      }),
    );
    assert.deepEqual(broken, []);
  });

  it('name files and folders that are there', () => {
    const missing = pages.flatMap((page) =>
      [...textOf(page).matchAll(/`([\w.@-]+\/[^`\s]*)`/gu)].flatMap(([, path = '']) => {
        if (INVENTED.test(path) || !folders.has(path.split('/')[0])) return [];
        const places = [join(packageRoot, path), join(packageRoot, dirname(page), path)];
        return places.some((place) => existsSync(place)) ? [] : [`${page}: ${path}`];
      }),
    );
    assert.deepEqual(missing, []);
  });

  it('name modules that are there', () => {
    const names = new Set(tracked.map((file) => basename(file)));
    const missing = pages.flatMap((page) =>
      [...textOf(page).matchAll(/`([\w.-]+\.(?:ts|mjs|sql|eta|sh|py))`/gu)].flatMap(([, name = '']) =>
        INVENTED.test(name) || names.has(name) ? [] : [`${page}: ${name}`],
      ),
    );
    assert.deepEqual(missing, []);
  });

  it('of a folder with rooms name each of them', () => {
    const unnamed = ['activities', 'activities/store', 'cli', 'definitions', 'workflows'].flatMap(
      (folder) => {
        const text = readFileSync(join(packageRoot, folder, 'README.md'), 'utf8');
        const inside = tracked.filter((file) => file.startsWith(`${folder}/`));
        const rooms = new Set(inside.map((file) => relative(folder, dirname(file)).split('/')[0] ?? ''));
        return [...rooms].filter((room) => !text.includes(`${room}/`)).map((room) => `${folder}: ${room}/`);
      },
    );
    assert.deepEqual(unnamed, []);
  });
});
