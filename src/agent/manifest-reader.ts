import manifestSchema from '../../schemas/manifest.v1.json' with { type: 'json' };
import workflowSchema from '../../schemas/workflow.v1.json' with { type: 'json' };
import {
  describeProblem,
  isPyAgentError,
  type JsonSchema,
  permission,
  readJsonText,
  type SchemaProblem,
  validate,
} from '../kernel/index.ts';
import type { Manifest } from './manifest.ts';

/** What reading a manifest gives. `message` names the source and everything that is wrong. */
export type ManifestReading =
  | { kind: 'manifest'; manifest: Manifest }
  | { kind: 'invalid'; source: string; problems: SchemaProblem[]; message: string };

/**
 * Reads a manifest from JSON text (comments and trailing commas are fine). Unknown keys are problems. The flow's form
 * is checked here, its meaning by the factory. `source` is how messages name the text: its path.
 */
export async function readManifest(text: string, source: string): Promise<ManifestReading> {
  const json = await readJsonText(text);
  if (json.kind === 'malformed') {
    const path = `line ${json.line}, column ${json.column}`;
    return invalidManifest(source, [{ path, expected: 'JSON', found: json.found }]);
  }
  const form = await validate<Manifest>(manifestSchema as JsonSchema, json.value, [workflowSchema as JsonSchema]);
  if (form.kind === 'invalid') return invalidManifest(source, form.problems);
  const problem = permissionProblem(form.value);
  return problem === undefined ? { kind: 'manifest', manifest: form.value } : invalidManifest(source, [problem]);
}

/** A reading that failed with `problems`. */
export function invalidManifest(source: string, problems: SchemaProblem[]): ManifestReading & { kind: 'invalid' } {
  return { kind: 'invalid', source, problems, message: `${source}: ${problems.map(describeProblem).join('; ')}` };
}

function permissionProblem({ permissions }: Manifest): SchemaProblem | undefined {
  try {
    permission(permissions);
    return undefined;
  } catch (error) {
    if (!isPyAgentError(error, 'kernel/permission-invalid')) throw error;
    const { list, pattern, reason } = error.details;
    return { path: `$.permissions.${list}`, expected: 'a pattern', found: `${JSON.stringify(pattern)} (${reason})` };
  }
}
