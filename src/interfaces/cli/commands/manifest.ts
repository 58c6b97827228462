import { resolve } from 'node:path';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { catalogueLines } from '../report/catalogue-lines.ts';
import { reportStyle } from '../report-style.ts';
import { repositoryPath } from '../repository-path.ts';
import { printable } from '../view/printable.ts';

interface ManifestOptions {
  path: string;
  json?: boolean;
}

/** `pyagent manifest list`. */
export async function listManifests(context: CommandContext, options: ManifestOptions): Promise<number> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  const manifests = await (await context.swarm()).manifests(root);
  const lines = options.json
    ? [JSON.stringify(manifests, null, 2)]
    : catalogueLines(manifests, reportStyle(context, Infinity));
  context.stdout.write(`${lines.join('\n')}\n`);
  return exitCode.done;
}

/** `pyagent manifest show <name>`: JSON, with and without `--json`, as a manifest is written. */
export async function showManifest(context: CommandContext, name: string, options: ManifestOptions): Promise<number> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  const manifest = await (await context.swarm()).manifest(name, root);
  context.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  return exitCode.done;
}

/** `pyagent manifest validate <file>`: 0 when it is one, 1 with every problem when it is not. */
export async function validateManifest(
  context: CommandContext,
  file: string,
  options: ManifestOptions,
): Promise<number> {
  const path = resolve(context.environment.cwd(), file);
  const validation = await (await context.swarm()).validateManifest(path);
  const code = validation.kind === 'valid' ? exitCode.done : exitCode.failed;
  if (options.json) {
    context.stdout.write(`${JSON.stringify({ path, ...validation }, null, 2)}\n`);
    return code;
  }
  const lines =
    validation.kind === 'valid'
      ? [`${path} is a valid manifest.`]
      : [`${path} is not a valid manifest:`, ...validation.problems.map((problem) => `  ${problem}`)];
  context.stdout.write(`${lines.map(printable).join('\n')}\n`);
  return code;
}
