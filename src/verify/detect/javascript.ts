import { join, relative, sep } from 'node:path';
import type { Check, CheckKind, DetectedChecks, UnavailableCheck } from '../check.ts';
import type { DetectOptions } from './detect-options.ts';
import { type PackageJson, packageManagerOf, readPackageJson, scriptCommand } from './package-json.ts';
import { findBin, isThere, upwards } from './project-files.ts';
import { detectTypeScript } from './typescript.ts';
import { workspaceFolders } from './workspaces.ts';

/** More packages than this are not checked one by one: a monorepo of that size has scripts at its root. */
const MAX_PACKAGES = 20;

const TYPECHECK_SCRIPTS = [
  'typecheck',
  'type-check',
  'check-types',
  'check:types',
  'types:check',
  'typescript',
  'ts:check',
  'check:ts',
  'check-ts',
  'lint:types',
  'test:types',
  'tsc',
];
const TEST_SCRIPTS = ['test', 'test:ci', 'test:unit', 'test:run', 'unit', 'tests'];

/** The checks of a JavaScript or TypeScript project: its scripts first, then the tools it has installed. */
export async function detectJavaScript(options: DetectOptions): Promise<DetectedChecks> {
  const reading = await readPackageJson(options.root);
  if (reading.kind === 'malformed') {
    const reason = `package.json cannot be read: ${reading.reason}`;
    return { checks: [], unavailable: [{ id: 'scripts', kind: 'test', reason, remedy: 'repair package.json' }] };
  }
  const json = reading.kind === 'read' ? reading.value : undefined;
  const atRoot = await detectPackage(options, options.root, json);
  if (json === undefined) return atRoot;
  const folders = await workspaceFolders(options.root, json);
  const missing = (['typecheck', 'test'] as const).filter(
    (kind) => ![...atRoot.checks, ...atRoot.unavailable].some((check) => check.kind === kind),
  );
  if (missing.length === 0 || folders.length === 0) return atRoot;
  const found = [atRoot];
  for (const folder of folders.slice(0, MAX_PACKAGES)) {
    const inner = await readPackageJson(folder);
    if (inner.kind !== 'read') continue;
    const { checks, unavailable } = await detectPackage(options, folder, inner.value);
    found.push({
      checks: checks.filter((check) => missing.some((kind) => kind === check.kind)),
      unavailable: unavailable.filter((check) => missing.some((kind) => kind === check.kind)),
    });
  }
  if (folders.length > MAX_PACKAGES) found.push(tooMany(folders.length, missing[0] as CheckKind));
  return {
    checks: found.flatMap(({ checks }) => checks),
    unavailable: found.flatMap(({ unavailable }) => unavailable),
  };
}

function tooMany(count: number, kind: CheckKind): DetectedChecks {
  const reason = `the monorepo has ${count} packages and no script at its root; the first ${MAX_PACKAGES} are checked`;
  return { checks: [], unavailable: [{ id: 'packages', kind, reason, remedy: 'add the script to the root package' }] };
}

async function detectPackage(
  options: DetectOptions,
  folder: string,
  json: PackageJson | undefined,
): Promise<DetectedChecks> {
  const inside = relative(options.root, folder).replaceAll(sep, '/');
  const suffix = inside === '' ? '' : `:${inside}`;
  const found = await Promise.all([typechecks(options, folder, json, suffix), tests(options, folder, json, suffix)]);
  const result = {
    checks: found.flatMap(({ checks }) => checks),
    unavailable: found.flatMap(({ unavailable }) => unavailable),
  };
  if (json === undefined || json.dependencies.length === 0 || (await isInstalled(folder))) return result;
  const missing = result.checks.map(({ id, kind }) => notInstalled(id, kind));
  return { checks: [], unavailable: [...result.unavailable, ...missing] };
}

function notInstalled(id: string, kind: CheckKind): UnavailableCheck {
  const remedy = "install the project's dependencies (for example npm install) and run again";
  return { id, kind, reason: 'the dependencies are not installed: there is no node_modules folder', remedy };
}

async function isInstalled(folder: string): Promise<boolean> {
  for (const place of upwards(folder)) {
    if ((await isThere(join(place, 'node_modules'))) || (await isThere(join(place, '.pnp.cjs')))) return true;
  }
  return false;
}

async function typechecks(
  options: DetectOptions,
  folder: string,
  json: PackageJson | undefined,
  suffix: string,
): Promise<DetectedChecks> {
  const script = TYPECHECK_SCRIPTS.find((name) => isTypecheck(name, json?.scripts[name]));
  if (script !== undefined && json !== undefined) return fromScript(options, folder, json, script, 'typecheck', suffix);
  return detectTypeScript(options, folder, `typecheck${suffix}`);
}

/** A script of that name may also watch or emit; only what is sure to check and end is taken. */
function isTypecheck(name: string, script: string | undefined): boolean {
  if (script === undefined || watches(script)) return false;
  if (/\btsc\b[^&|;]*\s(?:-b|--build)\b/.test(script)) return false;
  return name !== 'tsc' || /--noEmit\b/i.test(script);
}

async function tests(
  options: DetectOptions,
  folder: string,
  json: PackageJson | undefined,
  suffix: string,
): Promise<DetectedChecks> {
  if (json === undefined) return { checks: [], unavailable: [] };
  const scripts = TEST_SCRIPTS.filter((name) => {
    const script = json.scripts[name];
    return script !== undefined && script.trim() !== '' && !/no test specified/i.test(script);
  });
  const script = scripts.find((name) => !watches(json.scripts[name] ?? ''));
  if (script !== undefined) return fromScript(options, folder, json, script, 'test', suffix);
  if (scripts.length > 0) {
    const reason = `the script "${scripts[0]}" watches for changes and never ends`;
    const remedy = 'add a script "test:ci" that runs the tests once, or pass --verify "<command>"';
    return { checks: [], unavailable: [{ id: `test${suffix}`, kind: 'test', reason, remedy }] };
  }
  for (const [runner, args] of [
    ['vitest', ['run']],
    ['jest', []],
  ] as const) {
    const bin = json.dependencies.includes(runner) ? await findBin(runner, folder, options.platform) : undefined;
    if (bin === undefined) continue;
    const why = `${runner} is a dependency and there is no test script`;
    const check: Check = { id: `test${suffix}`, kind: 'test', argv: [bin, ...args], cwd: folder, why };
    return { checks: [check], unavailable: [] };
  }
  return { checks: [], unavailable: [] };
}

function watches(script: string): boolean {
  return /(?:^|\s)--watch(?:All|-all)?(?!=false)(?:\s|=|$)|(?:^|\s)-w(?:\s|$)|\bvitest\s+(?:watch|dev)\b/.test(script);
}

async function fromScript(
  { env, platform }: DetectOptions,
  folder: string,
  json: PackageJson,
  script: string,
  kind: CheckKind,
  suffix: string,
): Promise<DetectedChecks> {
  const argv = await scriptCommand(await packageManagerOf(folder, json), script, env, platform);
  const why = `package.json has a script "${script}"`;
  return { checks: [{ id: `${kind}${suffix}`, kind, argv, cwd: folder, why }], unavailable: [] };
}
