// JSON with places: a mistake is shown on its line, also one that only the schema finds.

export type Fault = { line: number; column: number; path: string; message: string };
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export type Parsed = { value?: Json; faults: Fault[]; places: Map<string, number> };

export function place(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** Strict (RFC 8259, no member twice), with the offset of each value by its path. */
export function parse(text: string): Parsed {
  const places = new Map<string, number>();
  let at = 0;
  const fail = (message: string, offset = at): never => {
    throw Object.assign(new Error(message), { offset });
  };
  const space = () => {
    while (at < text.length && ' \t\n\r'.includes(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const from = at;
    if (text[at] !== '"') fail('expected a text in quotes');
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === '\\') at++;
      else if ((text[at] ?? '') < ' ') fail('a text ends on its line');
    }
    if (at >= text.length) fail('this text has no end', from);
    at++;
    try {
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      return fail('not a valid text', from);
    }
  };
  const value = (path: string, depth: number): Json => {
    space();
    places.set(path, at);
    if (depth > 40) fail('nested too deep');
    const c = text[at];
    if (c === '{') {
      const object: { [name: string]: Json } = {};
      at++;
      space();
      if (text[at] === '}') return at++, object;
      for (;;) {
        space();
        const from = at;
        const name = string();
        if (Object.hasOwn(object, name)) fail(`"${name}" stands here twice`, from);
        space();
        if (text[at] !== ':') fail('expected a colon');
        at++;
        object[name] = value(`${path}/${name}`, depth + 1);
        space();
        if (text[at] === '}') return at++, object;
        if (text[at] !== ',') fail('expected a comma or the closing brace');
        at++;
      }
    }
    if (c === '[') {
      const list: Json[] = [];
      at++;
      space();
      if (text[at] === ']') return at++, list;
      for (;;) {
        list.push(value(`${path}/${list.length}`, depth + 1));
        space();
        if (text[at] === ']') return at++, list;
        if (text[at] !== ',') fail('expected a comma or the closing bracket');
        at++;
      }
    }
    if (c === '"') return string();
    const word = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)/.exec(text.slice(at, at + 64))?.[0];
    if (!word) return fail(c === undefined ? 'something is missing at the end' : 'expected a value');
    at += word.length;
    return JSON.parse(word) as Json;
  };
  try {
    const whole = value('', 0);
    space();
    if (at < text.length) fail('nothing may follow here');
    return { value: whole, faults: [], places };
  } catch (failure) {
    const offset = (failure as { offset?: number }).offset ?? at;
    return { faults: [{ ...place(text, offset), path: '', message: (failure as Error).message }], places };
  }
}
