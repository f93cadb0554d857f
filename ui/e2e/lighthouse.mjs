// Lighthouse's accessibility score of each page, in Debian's Chromium, with made-up data: `node e2e/lighthouse.mjs [name...]`
// after `./build`. Lighthouse is no dependency of the console: it is installed once, at this version, beside the build's
// other output. Prints one line a page and ends with 1 unless every score is 100.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { open } from './browser.mjs';
import { serve } from './fixture.mjs';
import { PLACES } from './pages.mjs';

const VERSION = '12.8.2';
const TOOLS = new URL('../target/tools', import.meta.url).pathname;
const at = `${TOOLS}/node_modules/lighthouse`;
if (!existsSync(at) || JSON.parse(readFileSync(`${at}/package.json`)).version !== VERSION) {
  execFileSync('npm', ['install', '--prefix', TOOLS, '--ignore-scripts', '--no-audit', '--no-fund', `lighthouse@${VERSION}`], { stdio: 'inherit' });
}
const { default: lighthouse, desktopConfig } = await import(`${at}/core/index.js`);
const wanted = process.argv.slice(2);
const PORT = 9_300 + Math.floor(Math.random() * 500);
const { origin, close } = await serve({ roles: ['operator', 'auditor', 'admin', 'builder', 'approver'], subject: 'p-admin' });
const browser = await open([`--remote-debugging-port=${PORT}`]);
let worst = 100;
for (const [name, rest] of Object.entries(PLACES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { lhr } = await lighthouse(`${origin}/t/t/w/w${rest ? `/${rest}` : ''}`, { port: PORT, output: 'json', onlyCategories: ['accessibility'], logLevel: 'error' }, desktopConfig);
  const score = Math.round((lhr.categories.accessibility?.score ?? 0) * 100);
  worst = Math.min(worst, score);
  const failed = Object.values(lhr.audits).filter((a) => a.score !== null && a.score < 1 && a.scoreDisplayMode === 'binary').map((a) => a.id);
  console.log(`${String(score).padStart(3)}  ${name}${failed.length > 0 ? `  ${failed.join(', ')}` : ''}`);
}
await browser.close();
close();
console.log(`lowest ${worst}`);
process.exit(worst === 100 ? 0 : 1);
