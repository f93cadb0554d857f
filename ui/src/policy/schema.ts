// What of JSON Schema 2020-12 our published schemas use; a test holds that they use nothing else.

export type Schema = { [word: string]: unknown };
export type Wrong = { path: string; message: string };
export const KNOWN = ['$schema', '$id', '$defs', '$ref', 'title', 'description', 'type', 'const', 'enum', 'required', 'dependentRequired', 'properties', 'additionalProperties', 'patternProperties', 'propertyNames', 'maxProperties', 'items', 'minItems', 'maxItems', 'uniqueItems', 'pattern', 'maxLength', 'minimum', 'maximum', 'oneOf', 'not'];

const kind = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value);
const named = (type: string) => ({ object: 'an object', array: 'a list', string: 'a text', integer: 'a whole number', number: 'a number', boolean: 'true or false' })[type] ?? type;

export function check(value: unknown, schema: Schema, root: Schema = schema, path = ''): Wrong[] {
  if (typeof schema.$ref === 'string') {
    const target = schema.$ref.replace('#/', '').split('/').reduce<unknown>((s, part) => (s as Schema | undefined)?.[part], root);
    return check(value, target as Schema, root, path);
  }
  const wrong: Wrong[] = [];
  const say = (message: string, at = path) => wrong.push({ path: at, message });
  const of = kind(value);
  if (schema.type !== undefined) {
    const types = [schema.type].flat() as string[];
    if (!types.includes(of) && !(of === 'integer' && types.includes('number'))) {
      say(`must be ${types.map(named).join(' or ')}`);
      return wrong;
    }
  }
  if ('const' in schema && value !== schema.const) say(`must be ${JSON.stringify(schema.const)}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) say(`must be one of ${schema.enum.join(', ')}`);
  if (schema.not !== undefined && check(value, schema.not as Schema, root, path).length === 0) say('is taken: it means something else here');
  if (Array.isArray(schema.oneOf)) {
    const tried = (schema.oneOf as Schema[]).map((one) => check(value, one, root, path));
    if (tried.filter((t) => t.length === 0).length !== 1) wrong.push(...([...tried].sort((a, b) => a.length - b.length)[0] ?? []));
  }
  if (typeof value === 'string') {
    if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern, 'u').test(value)) say(`has not the form ${schema.pattern}`);
    if (typeof schema.maxLength === 'number' && value.length > schema.maxLength) say(`is longer than ${schema.maxLength}`);
  }
  if (typeof value === 'number') {
    if (typeof schema.minimum === 'number' && value < schema.minimum) say(`must be at least ${schema.minimum}`);
    if (typeof schema.maximum === 'number' && value > schema.maximum) say(`must be at most ${schema.maximum}`);
  }
  if (Array.isArray(value)) {
    if (typeof schema.minItems === 'number' && value.length < schema.minItems) say(`needs at least ${schema.minItems}`);
    if (typeof schema.maxItems === 'number' && value.length > schema.maxItems) say(`has more than ${schema.maxItems}`);
    if (schema.uniqueItems === true && new Set(value.map((v) => JSON.stringify(v))).size < value.length) say('has something twice');
    if (schema.items) value.forEach((v, i) => wrong.push(...check(v, schema.items as Schema, root, `${path}/${i}`)));
  }
  if (of === 'object') wrong.push(...members(value as Record<string, unknown>, schema, root, path));
  return wrong;
}

function members(object: Record<string, unknown>, schema: Schema, root: Schema, path: string): Wrong[] {
  const wrong: Wrong[] = [];
  const own = (schema.properties ?? {}) as Record<string, Schema>;
  const patterns = Object.entries((schema.patternProperties ?? {}) as Record<string, Schema>);
  for (const name of (schema.required as string[] | undefined) ?? []) if (!(name in object)) wrong.push({ path, message: `"${name}" is missing` });
  for (const [name, needs] of Object.entries((schema.dependentRequired ?? {}) as Record<string, string[]>)) {
    if (name in object) for (const need of needs) if (!(need in object)) wrong.push({ path, message: `"${need}" is missing beside "${name}"` });
  }
  if (typeof schema.maxProperties === 'number' && Object.keys(object).length > schema.maxProperties) wrong.push({ path, message: `has more than ${schema.maxProperties} members` });
  for (const [name, value] of Object.entries(object)) {
    const at = `${path}/${name}`;
    if (schema.propertyNames) for (const w of check(name, schema.propertyNames as Schema, root, at)) wrong.push({ path: at, message: `the name ${w.message}` });
    const fitting = [...(own[name] ? [own[name]] : []), ...patterns.filter(([p]) => new RegExp(p, 'u').test(name)).map(([, s]) => s)];
    for (const one of fitting) wrong.push(...check(value, one, root, at));
    if (fitting.length === 0) {
      if (schema.additionalProperties === false) wrong.push({ path: at, message: `"${name}" is not known here` });
      else if (typeof schema.additionalProperties === 'object' && schema.additionalProperties) wrong.push(...check(value, schema.additionalProperties as Schema, root, at));
    }
  }
  return wrong;
}
