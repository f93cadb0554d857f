import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// Every pair of colours that carries meaning, in both themes.
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function tokens(selector: string): Map<string, string> {
  const body = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return ((x ?? 0) + 0.05) / ((y ?? 0) + 0.05);
}

const GROUNDS = ['canvas', 'surface', 'sunken', 'hover', 'selected'];
const TONES = ['gate', 'human', 'retry', 'throttle', 'budget', 'worker', 'run', 'pass', 'fail', 'open'];

for (const [theme, selector] of [['light', ':root'], ['dark', ":root[data-theme='dark']"]] as const) {
  const of = tokens(selector);
  const ratio = (a: string, b: string) => contrast(of.get(a) ?? '', of.get(b) ?? '');
  it(`has readable text in ${theme}`, () => {
    for (const text of ['text', 'text-2', 'text-3', 'accent']) for (const ground of GROUNDS) expect(ratio(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const tone of TONES) expect(ratio(`${tone}-text`, `${tone}-tint`), tone).toBeGreaterThanOrEqual(4.5);
    expect(ratio('on-accent', 'accent-solid')).toBeGreaterThanOrEqual(4.5);
  });
  it(`has visible bars and controls in ${theme}`, () => {
    for (const tone of TONES) for (const ground of ['surface', 'sunken']) expect(ratio(`${tone}-bar`, ground), `${tone} on ${ground}`).toBeGreaterThanOrEqual(3);
    for (const ground of ['canvas', 'surface']) expect(ratio('border-strong', ground), ground).toBeGreaterThanOrEqual(3);
  });
}
