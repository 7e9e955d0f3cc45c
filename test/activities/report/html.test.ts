import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { DOMParser } from 'linkedom';
import { renderReport } from '../../../activities/report/html.ts';
import { findBrowser, HEADLESS, type Browser } from '../../support/browser.ts';
import { hostileMetrics } from './hostile-metrics.ts';
import { sampleMetrics } from './sample-metrics.ts';

const parse = (html: string) => new DOMParser().parseFromString(html, 'text/html');
const idsOf = (html: string): string[] =>
  [...parse(html).querySelectorAll('section h2')].map((heading) => String(heading.getAttribute('id')));
const sections = [
  'warnings',
  'arms',
  'criteria',
  'holds',
  'scores',
  'learned',
  'examples',
  'validators',
  'spend',
  'lineage',
];

describe('renderReport', () => {
  const html = renderReport(sampleMetrics);
  const hostileHtml = renderReport(hostileMetrics);

  it('shows how many of a stage’s tokens were thought before its answers, none where earlier versions counted none', () => {
    const [earlier, ...rest] = sampleMetrics.spend;
    assert(earlier);
    const page = renderReport({
      ...sampleMetrics,
      spend: [{ ...earlier, thinkingTokens: 4321 }, earlier, ...rest],
    });
    const rows = [...parse(page).querySelectorAll('#spend ~ details tbody tr')];
    const cells = rows.map((row) => row.querySelectorAll('td')[3]?.textContent);
    assert.deepEqual(cells.slice(0, 2), ['4,321', '0']);
  });

  it('has the answer first, then every section in order', () => {
    const document = parse(html);
    assert.match(
      document.querySelector('h1')?.textContent ?? '',
      /^Yes\. The optimized prompts get better answers\.$/u,
    );
    assert.ok(
      document
        .querySelector('section[aria-labelledby="arms"]')
        ?.textContent?.includes(sampleMetrics.verdict.sentence),
    );
    assert.deepEqual(idsOf(html), sections);
    assert.equal(document.documentElement?.getAttribute('lang'), 'en');
  });

  it('never skips a level of heading', () => {
    const levels = [...parse(html).querySelectorAll('h1, h2, h3, h4')].map((heading) =>
      Number(heading.tagName[1]),
    );
    levels.slice(1).forEach((level, index) => assert.ok(level <= levels[index]! + 1, String(levels)));
  });

  it('describes every plot in words and gives its figures as a table', () => {
    const document = parse(html);
    const plots = [...document.querySelectorAll('svg')];
    assert.equal(plots.length, 10);
    for (const plot of plots)
      assert.ok(plot.getAttribute('aria-label') && plot.getAttribute('role') === 'img');
    for (const id of ['arms', 'criteria', 'scores', 'validators', 'spend']) {
      assert.ok(document.querySelector(`section[aria-labelledby="${id}"] table caption`), id);
    }
  });

  it('asks nothing of anybody: no scripts, no links, no external address', () => {
    for (const page of [html, hostileHtml]) {
      const document = parse(page);
      assert.equal(
        document.querySelectorAll('script, link, iframe, object, img, form, a[href], use, image').length,
        0,
      );
      const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]);
      assert.ok(attributes.every(({ name }) => !/^on|^(src|href|srcset|action)$|:href$/i.test(name)));
      assert.doesNotMatch(
        [...document.querySelectorAll('style')].map((style) => style.textContent).join(),
        /url\(|@import/,
      );
      assert.doesNotMatch(page.replaceAll('http://www.w3.org/', ''), /https?:\/\//);
    }
    assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'/);
  });

  it('shows hostile texts as they are and lets none of them act', () => {
    assert.deepEqual(idsOf(hostileHtml), sections);
    assert.doesNotMatch(hostileHtml, /<script|<img|<\/title>./i);
    assert.match(hostileHtml, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.match(hostileHtml, /&lt;%= process\.env %&gt;/);
    assert.doesNotMatch(hostileHtml, /(?!\n)[\p{Cc}\p{Cs}\u200B\u202A-\u202E\u2066-\u2069]/u);
  });

  it('says so when models are simulated, and only then', () => {
    assert.match(html, /class="badge simulated">Simulated models</);
    const real = renderReport({
      ...sampleMetrics,
      models: sampleMetrics.models.map((model) => ({ ...model, simulated: false })),
    });
    assert.doesNotMatch(real, /Simulated models|class="badge/);
  });

  it('shows what would betray flattery, length or luck, and which validator is left out', () => {
    const [first, ...others] = sampleMetrics.validators;
    const page = renderReport({
      ...sampleMetrics,
      validators: [{ ...first!, excluded: 'it orders planted answers wrongly' }, ...others],
    });
    assert.match(page, /By the validators that taught[\s\S]*\+0\.67/);
    assert.match(
      page,
      /less what length is paid for[\s\S]*\+0\.15[\s\S]*Where lengths are alike[\s\S]*19 prompts/i,
    );
    assert.match(page, /scored anew[\s\S]*it led by 0\.91/);
    assert.match(page, /left out/);
    const matrix = [...parse(page).querySelectorAll('[aria-label="Correlation of the validators"] tbody tr')];
    assert.deepEqual(
      matrix.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
      [
        ['1.00', '0.81', '0.64'],
        ['0.81', '1.00', '–'],
        ['0.64', '–', '1.00'],
      ],
    );
  });

  it('is whole without arms, ranker, examples, agreement and spend', () => {
    const bare = renderReport({
      ...sampleMetrics,
      verdict: { kind: 'no gain', arm: null, sentence: 'No gain: no optimized prompts were tested.' },
      arms: [],
      training: null,
      examples: [],
      warnings: [],
      spend: [],
      agreement: [],
      correlations: [],
      noise: null,
      selection: null,
      detectableEffect: null,
    });
    assert.deepEqual(idsOf(bare), ['arms', 'validators', 'spend', 'lineage']);
    assert.doesNotMatch(bare, /undefined|NaN|>null</);
    const [arm] = sampleMetrics.arms;
    const gain = { mean: 0.1, low: null, high: null, pHolm: null };
    const unknown = renderReport({
      ...sampleMetrics,
      arms: [{ ...arm!, gain, winRate: { ...arm!.winRate, low: null, high: null } }],
    });
    assert.doesNotMatch(unknown, /undefined|NaN|>null</);
  });

  it('is the same for the same metrics', () => {
    assert.equal(renderReport(sampleMetrics), html);
  });
});

describe('report in a browser', () => {
  let browser: Browser;
  before(async function () {
    // Where the machine has none, it is downloaded.
    this.timeout(300_000);
    browser = await findBrowser();
  });

  it('fits a phone without scrolling sideways', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prose-report-'));
    try {
      // The report allows no scripts, so a page around it measures it.
      await writeFile(join(folder, 'report.html'), renderReport(hostileMetrics));
      await writeFile(
        join(folder, 'frame.html'),
        `<iframe src="report.html" style="width:375px;height:900px;border:0"></iframe><p></p><script>
        onload = () => { const root = document.querySelector('iframe').contentDocument.documentElement;
          document.querySelector('p').textContent = 'beyond=' + (root.scrollWidth - root.clientWidth) + ' height=' + root.scrollHeight; };
        </script>`,
      );
      const page = pathToFileURL(join(folder, 'frame.html')).href;
      const profile = `--user-data-dir=${join(folder, 'profile')}`;
      const { stdout } = await promisify(execFile)(
        browser.path,
        [...HEADLESS, '--allow-file-access-from-files', profile, '--dump-dom', page],
        { env: { ...process.env, ...browser.env } },
      );
      const [, beyond, height] = /beyond=(\d+) height=(\d+)/.exec(stdout) ?? [];
      assert.equal(beyond, '0');
      assert.ok(Number(height) > 2000);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }).timeout(60_000);

  it('shows the loss of weights that were trained, and nothing of the kind where none were', () => {
    const losses = [
      {
        model: 'main model',
        trainer: 'dpo',
        points: [
          { step: 1, loss: 2 },
          { step: 2, loss: 1, heldOutLoss: 1.5 },
        ],
      },
    ];
    const report = renderReport({ ...sampleMetrics, losses });
    assert.match(report, /The main model, with dpo[^]*Loss of the main model in each step of its training/u);
    assert.doesNotMatch(renderReport(sampleMetrics), /Weights that were trained/u);
  });
});
