// The page in a real browser. Catches: a request, a refusal by its own policy, plots that draw nothing or overflow.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { chromium } from 'playwright-core';
import { htmlReport } from '../../../src/bench/report/html.js';
import { missingOf } from '../../kernel/support/needs.js';
import { sample } from './wholeResult.js';

const title =
  'the page opens without a network, and every plot lies inside it, light and dark, wide and narrow';
const missing = missingOf(['chromium']);
const run = missing === null ? test : test.skip;
const quiet = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

run(missing === null ? title : `${title} (skipped: ${missing})`, async (t) => {
  t.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'vifscope-page-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'report.html');
  writeFileSync(file, htmlReport(sample()));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet });
  t.teardown(() => browser.close());
  for (const [colorScheme, width] of [
    ['light', 1_300],
    ['dark', 400],
  ] as const) {
    const context = await browser.newContext({
      colorScheme,
      offline: true,
      viewport: { width, height: 900 },
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    t.deepEqual(complaints, []);
    t.deepEqual(requests, [pathToFileURL(file).href]);
    t.is(await page.locator('figure').count(), 9);
    t.true((await page.locator('table').count()) >= 5);
    // The page itself never scrolls sideways: wide tables do, each on its own.
    for (const mark of await page.locator('svg .line, svg rect').all()) {
      const box = await mark.boundingBox();
      t.true(box !== null && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
      t.true(box !== null && box.width + box.height > 0);
    }
    const colours = await page
      .locator('svg .line')
      .evaluateAll((lines) => lines.map((line) => getComputedStyle(line as never).stroke));
    t.true(colours.length > 0 && colours.every((colour) => colour.startsWith('rgb')), colours.join(' '));
    await context.close();
  }
});
