import { expect, it } from 'vitest';
import { cell } from '../budget/csv';
import { diff } from '../workflow/diff';
import { spoken, yaml } from '../workflow/artifact';
import { good } from '../workflow/typed';
import { parse } from './live';
import { money } from './money';
import { age, span } from './time';

it('says spans and ages as people do', () => {
  expect([span(60), span(3_840), span(279_000), span(11_400_000)]).toEqual(['60 ms', '3.8 s', '4 m 39 s', '3 h 10 m']);
  expect([age(4_000), age(3_540_000), age(200_000_000)]).toEqual(['4 s', '59 m', '2 d']);
});

it('keeps the digits that make a small sum differ from nothing', () => {
  expect([money(0), money(18_700_000), money(50_000_000_000), money(12)]).toEqual(['$0.00', '$0.0187', '$50.00', '$0.00000001']);
});

it('reads events and passes over comments', () => {
  expect(parse('id: 7\nevent: grown\ndata: {"a":\ndata: 1}')).toEqual({ id: '7', event: 'grown', data: '{"a":\n1}' });
  expect(parse(':')).toBeUndefined();
});

it('gives spreadsheets no formula', () => {
  expect([cell('=1+1'), cell('a,b'), cell('say "x"'), cell(-3)]).toEqual(["'=1+1", '"a,b"', '"say ""x"""', '-3']);
});

it('finds the lines that changed', () => {
  expect(diff(['a', 'b', 'c'], ['a', 'x', 'c', 'd']).map((l) => l.kind + l.text)).toEqual([' a', '-b', '+x', ' c', '+d']);
});

it('writes YAML and says durations', () => {
  expect(yaml({ a: { b: [1, 2], c: [] }, d: [{ e: 'f: g' }], t: 'x\ny\n' }).trimStart()).toBe('a:\n  b: [1, 2]\n  c: []\nd:\n  - e: "f: g"\nt: |\n  x\n  y');
  expect([spoken('PT24H'), spoken('P1DT2M')]).toEqual(['24 h', '1 d 2 m']);
});

it('takes only what a type can be', () => {
  expect([good({ type: 'INTEGER', values: [] }, '12'), good({ type: 'INTEGER', values: [] }, '1.5'), good({ type: 'ENUM', values: ['a'] }, 'b'), good({ type: 'ID', values: [] }, 'INC1')]).toEqual([true, false, false, true]);
});
