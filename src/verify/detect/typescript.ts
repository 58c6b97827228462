import { dirname, join } from 'node:path';
import { type JsonObject, type JsonValue, readJsonText } from '../../kernel/index.ts';
import type { Check, DetectedChecks } from '../check.ts';
import type { DetectOptions } from './detect-options.ts';
import { findBin, isThere, readText } from './project-files.ts';
import { REFERENCES_SCRIPT } from './references-script.ts';

/** The type check of a folder with a `tsconfig.json`, by the TypeScript that is installed there. */
export async function detectTypeScript(options: DetectOptions, folder: string, id: string): Promise<DetectedChecks> {
  const text = await readText(join(folder, 'tsconfig.json'));
  if (text === undefined) return { checks: [], unavailable: [] };
  // Vue's compiler is TypeScript's with an understanding of .vue files, without which their importers fail.
  const vue = await findBin('vue-tsc', folder, options.platform);
  const tsc = vue ?? (await findBin('tsc', folder, options.platform));
  if (tsc === undefined) {
    const reason = 'there is a tsconfig.json, but TypeScript is not installed in the project';
    return { checks: [], unavailable: [{ id, kind: 'typecheck', reason, remedy: 'npm install' }] };
  }
  const { references, hasFiles } = await readReferences(text);
  const library = join(dirname(dirname(tsc)), 'typescript');
  const base = { kind: 'typecheck', cwd: folder, why: 'tsconfig.json and TypeScript are there' } as const;
  // TypeScript 7 has no library to load; its compiler checks the projects one by one, and wants them built.
  if (vue === undefined && references.length > 0 && (await isThere(join(library, 'lib', 'typescript.js')))) {
    const argv = ['node', '-e', REFERENCES_SCRIPT, library, 'tsconfig.json'];
    return { checks: [{ ...base, id, argv, shownAs: 'TypeScript over all referenced projects' }], unavailable: [] };
  }
  const checks: Check[] = [];
  for (const project of hasFiles ? ['tsconfig.json'] : references) {
    const name = hasFiles ? id : `${id}:${project}`;
    const buildInfo = await buildInfoFlags(options, library, name);
    checks.push({ ...base, id: name, argv: [tsc, '--noEmit', '--pretty', 'false', ...buildInfo, '-p', project] });
  }
  return { checks, unavailable: [] };
}

/** The projects a `tsconfig.json` refers to, and whether it has files of its own: without, checking it alone checks nothing. */
async function readReferences(text: string): Promise<{ references: string[]; hasFiles: boolean }> {
  const reading = await readJsonText(text);
  const { files, include, references } = reading.kind === 'read' ? asObject(reading.value) : {};
  const paths = Array.isArray(references)
    ? references.flatMap((reference: JsonValue) => {
        const { path } = asObject(reference);
        return typeof path === 'string' ? [path] : [];
      })
    : [];
  const empty = Array.isArray(files) && files.length === 0 && include === undefined;
  return { references: paths, hasFiles: !empty || paths.length === 0 };
}

function asObject(value: JsonValue): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/**
 * Where the compiler keeps what it remembers between runs. A project that is incremental by its own settings would write
 * it into the tree; and with it, each run of a bisection checks only what changed. TypeScript 3 cannot combine it with
 * `--noEmit`.
 */
async function buildInfoFlags({ scratch }: DetectOptions, library: string, id: string): Promise<string[]> {
  if (scratch === undefined) return [];
  const version = /"version":\s*"(\d+)/.exec((await readText(join(library, 'package.json'))) ?? '')?.[1];
  if (version === undefined || Number(version) < 4) return [];
  return ['--incremental', '--tsBuildInfoFile', join(scratch, `${id.replace(/[^\w.-]+/g, '-')}.tsbuildinfo`)];
}
