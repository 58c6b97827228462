import { nearestWord } from './nearest.ts';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** One thing wrong with a value. */
export interface SchemaProblem {
  /** Where: `$.flow.nodes[2].kind`. */
  path: string;
  /** What the schema asks for there. */
  expected: string;
  /** What is there, shortened to one line. */
  found: string;
  /** The allowed word that was probably meant. */
  nearest?: string;
}

/** What {@link validate} gives. `problems` is never empty. */
export type Validation<Value> = { kind: 'valid'; value: Value } | { kind: 'invalid'; problems: SchemaProblem[] };

/**
 * Checks `value` against `schema`. For trust borders only: files, bodies, manifests, model output, wire messages.
 * `references` are schemas that `schema` refers to by their `$id`. Rejects when `schema` itself is not a schema.
 */
export async function validate<Value = unknown>(
  schema: JsonSchema,
  value: unknown,
  references: readonly JsonSchema[] = [],
): Promise<Validation<Value>> {
  const check = await compiled(schema, references);
  if (check(value)) return { kind: 'valid', value: value as Value };
  const problems = (check.errors ?? [])
    .filter((error) => !DERIVED.has(error.keyword))
    .map((error) => problem(error, value));
  const fallback = { path: '$', expected: 'a value that fits the schema', found: shown(value) };
  return { kind: 'invalid', problems: problems.length === 0 ? [fallback] : distinct(problems) };
}

/** One line: `$.a[0]: expected …, found …; did you mean …?` */
export function describeProblem({ path, expected, found, nearest }: SchemaProblem): string {
  return `${path}: expected ${expected}, found ${found}${nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`}`;
}

/** The part of ajv's error that is read here. */
interface Failure {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message?: string;
  parentSchema?: JsonSchema;
}

interface Check {
  (value: unknown): boolean;
  errors?: Failure[] | null;
}

/** They only repeat that one of their parts failed, which has its own error. */
const DERIVED = new Set(['if']);

const cache = new WeakMap<JsonSchema, Promise<Check>>();

function compiled(schema: JsonSchema, references: readonly JsonSchema[]): Promise<Check> {
  let check = cache.get(schema);
  if (check === undefined) {
    check = compile(schema, references);
    cache.set(schema, check);
  }
  return check;
}

/** Makes validators. Making one is dear (it compiles the schema of schemas), so most schemas share one. */
interface Compiler {
  addSchema(schema: JsonSchema): unknown;
  compile(schema: JsonSchema): unknown;
  removeSchema(schema: JsonSchema): unknown;
}

let shared: Promise<Compiler> | undefined;

async function compiler(): Promise<Compiler> {
  // Loaded here because it costs more than everything else in the kernel together.
  // Named exports of a CommonJS module are there under Node and not in a bundle; its whole is the default in both.
  const { Ajv2020 } = (await import('ajv/dist/2020.js')).default;
  return new Ajv2020({ allErrors: true, strict: false, validateFormats: false, verbose: true, logger: false });
}

function sharedCompiler(): Promise<Compiler> {
  shared ??= compiler();
  return shared;
}

async function compile(schema: JsonSchema, references: readonly JsonSchema[]): Promise<Check> {
  // A schema with a name of its own must not meet another of that name.
  const own = references.length > 0 || JSON.stringify(schema).includes('"$id"');
  const ajv = await (own ? compiler() : sharedCompiler());
  for (const reference of references) ajv.addSchema(reference);
  const check = ajv.compile(schema) as Check;
  // The compiler would keep it for ever; the cache above lets it go with its schema.
  ajv.removeSchema(schema);
  return check;
}

function problem(failure: Failure, root: unknown): SchemaProblem {
  const names = failure.instancePath
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const at = valueAt(root, names);
  const path = pathOf(root, names);
  const { params } = failure;
  const unknownKey = params.additionalProperty ?? params.unevaluatedProperty;
  if (typeof unknownKey === 'string') {
    const known = Object.keys((failure.parentSchema?.properties ?? {}) as object);
    const expected = known.length === 0 ? 'no key here' : `one of the keys ${known.join(', ')}`;
    return withNearest({ path, expected, found: `the key ${JSON.stringify(unknownKey)}` }, unknownKey, known);
  }
  if (failure.keyword === 'enum') {
    const allowed = (params.allowedValues as unknown[]) ?? [];
    const words = allowed.filter((item) => typeof item === 'string');
    return withNearest({ path, expected: `one of ${allowed.map(text).join(', ')}`, found: shown(at) }, at, words);
  }
  return { path, expected: expectation(failure), found: foundFor(failure, at) };
}

function expectation({ keyword, params, message }: Failure): string {
  switch (keyword) {
    case 'type':
      return withArticle([params.type].flat().join(' or '));
    case 'required':
      return `the key ${text(params.missingProperty)}`;
    case 'const':
      return text(params.allowedValue);
    case 'pattern':
      return `a text that matches ${params.pattern}`;
    case 'uniqueItems':
      return 'items that differ';
    default:
      // ajv writes "must be >= 1", "must NOT have fewer than 1 items".
      return (message ?? 'a value that fits the schema').replace(/^must (be )?/, '').replace('NOT have', 'not');
  }
}

function foundFor({ keyword, params }: Failure, at: unknown): string {
  if (keyword === 'required') return 'no such key';
  if (keyword === 'uniqueItems') return `item ${params.j} equal to item ${params.i}`;
  return shown(at);
}

function withArticle(type: string): string {
  return type === 'null' ? 'null' : `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}

function withNearest(problem: SchemaProblem, word: unknown, allowed: readonly string[]): SchemaProblem {
  const nearest = typeof word === 'string' ? nearestWord(word, allowed) : undefined;
  return nearest === undefined ? problem : { ...problem, nearest };
}

function valueAt(root: unknown, names: readonly string[]): unknown {
  let value = root;
  for (const name of names) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}

function pathOf(root: unknown, names: readonly string[]): string {
  let path = '$';
  let value = root;
  for (const name of names) {
    if (Array.isArray(value)) path += `[${name}]`;
    else path += /^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  return path;
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const line = text(value);
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}

function distinct(problems: readonly SchemaProblem[]): SchemaProblem[] {
  return [...new Map(problems.map((item) => [describeProblem(item), item])).values()];
}
