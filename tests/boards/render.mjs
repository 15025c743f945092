// Asks the database as Grafana does, hands the answers to page.tsx, and photographs each board at 1080p.
import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chromium } from 'playwright-core';

const [influx, output, hours] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const now = Date.now();
const boards = readdirSync('../../dashboards/boards').flatMap((f) => readdirSync(join('../../dashboards/boards', f)).map((n) => join('../../dashboards/boards', f, n)));
const single = { 'alatau-feeder': ['gate', 'transformer-1'], 'alatau-meter': ['gate', 'm-home-03'] };

const database = (target) => (target.datasource.uid === '${span}' ? 'telemetry_15m' : target.datasource.uid.replace('alatau-', 'telemetry_'));

async function ask(board, panel, target) {
  const platform = board.uid === 'alatau-platform';
  // The city's midnight, five hours before that of UTC; "yesterday" is shifted by a day.
  const shift = panel.timeShift === '1d' ? 24 * 3600_000 : 0;
  const midnight = Math.floor((now + 5 * 3600_000) / (24 * 3600_000)) * 24 * 3600_000 - 5 * 3600_000;
  const to = now - shift;
  const from = panel.timeFrom === 'now/d' ? midnight - shift : now - (platform ? 0.6 : /^\d+h$/.test(panel.timeFrom ?? '') ? parseInt(panel.timeFrom) : hours) * 3600_000;
  const [site, asset] = single[board.uid] ?? ['.*', '.*'];
  const step = platform ? '10s' : panel.interval === '1h' ? '1h' : panel.interval === '10m' ? '10m' : '15m';
  const q = target.query.replaceAll('$timeFilter', `time >= ${from}ms and time <= ${to}ms`).replaceAll('$__interval', step).replaceAll('$site', site).replaceAll('$asset', asset).replace(/\$(\w+)/g, (whole, name) => board.templating.list.find((v) => v.type === 'textbox' && v.name === name)?.query ?? whole);
  const answer = await (await fetch(`${influx}/query?db=${database(target)}&epoch=ms`, { method: 'POST', body: new URLSearchParams({ q }) })).json();
  return { target, from, series: answer.results[0].series ?? [] };
}

const script = readFileSync('node_modules/.boards/page.js');
const server = createServer((request, response) => response.end(request.url === '/page.js' ? script : '<!doctype html><html><head><meta charset="utf-8"></head><body style="margin:0"><div id="root"></div><script src="/page.js"></script></body></html>')).listen(0, '127.0.0.1');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 2 / 3 });
page.on('pageerror', (e) => console.error('page:', e.message));
page.on('console', (m) => m.type() === 'error' && console.error('console:', m.text().slice(0, 600)));
for (const file of boards) {
  const board = JSON.parse(readFileSync(file, 'utf8'));
  const answers = {};
  for (const panel of board.panels) {
    answers[panel.id] = await Promise.all((panel.targets ?? []).map((t) => ask(board, panel, t)));
  }
  await page.addInitScript((given) => { window.given = given; }, { board, answers, now, from: now - hours * 3600_000 });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForSelector('[data-drawn="true"]', { timeout: 15_000, state: 'attached' });
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(output, basename(file).replace('.json', '.png')) });
  console.log(basename(file));
}
await browser.close();
server.close();
