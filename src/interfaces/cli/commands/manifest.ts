import { resolve } from 'node:path';
import { describeProblem, nearestWord } from '../../../kernel/index.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { catalogueLines } from '../report/catalogue-lines.ts';
import { reportStyle } from '../report-style.ts';
import { repositoryPath } from '../repository-path.ts';
import { usageError } from '../usage-error.ts';
import { printable } from '../view/printable.ts';

interface ManifestOptions {
  path: string;
  json?: boolean;
}

/** `pyagent manifest list`: what can be used here; files that are no manifest are named on stderr. */
export async function listManifests(context: CommandContext, options: ManifestOptions): Promise<number> {
  const { entries, broken } = await catalogueOf(context, options);
  const manifests = entries.map(({ manifest, origin }) => ({
    name: manifest.name,
    description: manifest.description,
    origin,
  }));
  if (options.json) {
    context.stdout.write(`${JSON.stringify({ manifests, broken }, null, 2)}\n`);
    return exitCode.done;
  }
  context.stdout.write(`${catalogueLines(manifests, reportStyle(context, Infinity)).join('\n')}\n`);
  for (const { message } of broken) context.stderr.write(`pyagent: left out: ${printable(message)}\n`);
  return exitCode.done;
}

/** `pyagent manifest show <name>`: JSON, with and without `--json`, as a manifest is written. */
export async function showManifest(context: CommandContext, name: string, options: ManifestOptions): Promise<number> {
  const { entries } = await catalogueOf(context, options);
  const found = entries.find(({ manifest }) => manifest.name === name);
  if (found === undefined) {
    const names = entries.map(({ manifest }) => manifest.name);
    const meant = nearestWord(name, names);
    const advice = meant === undefined ? `Known: ${names.join(', ')}.` : `Did you mean "${meant}"?`;
    throw usageError(`There is no manifest "${name}". ${advice}`, { name });
  }
  context.stdout.write(`${JSON.stringify(found.manifest, null, 2)}\n`);
  return exitCode.done;
}

/** `pyagent manifest validate <file>`: 0 when it is one, 1 with every problem when it is not. */
export async function validateManifest(
  context: CommandContext,
  file: string,
  options: ManifestOptions,
): Promise<number> {
  const path = resolve(context.environment.cwd(), file);
  const reading = await (await context.swarm()).validateManifest(path);
  const problems = reading.kind === 'manifest' ? [] : reading.problems;
  const code = reading.kind === 'manifest' ? exitCode.done : exitCode.failed;
  if (options.json) {
    context.stdout.write(`${JSON.stringify({ path, valid: code === exitCode.done, problems }, null, 2)}\n`);
    return code;
  }
  const lines =
    reading.kind === 'manifest'
      ? [`${path} is a valid manifest.`]
      : [`${path} is not a valid manifest:`, ...problems.map((problem) => `  ${describeProblem(problem)}`)];
  context.stdout.write(`${lines.map(printable).join('\n')}\n`);
  return code;
}

async function catalogueOf(context: CommandContext, { path }: ManifestOptions) {
  const root = await repositoryPath(path, context.environment.cwd());
  return (await context.swarm()).manifests(root);
}
