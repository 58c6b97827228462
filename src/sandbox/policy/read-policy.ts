import { readFile } from 'node:fs/promises';
import policySchema from '../../../schemas/sandbox-policy.v1.json' with { type: 'json' };
import {
  describeProblem,
  isPyAgentError,
  type JsonSchema,
  permission,
  readJsonText,
  validate,
} from '../../kernel/index.ts';
import type { PlaceholderShape } from '../isolation/sandbox-spec.ts';
import { isHook } from './forbidden-variable.ts';
import type { CommandRule, PolicyLimits, SandboxPolicy } from './sandbox-policy.ts';
import { STANDARD_POLICY } from './standard-policy.ts';

/** What reading a policy gives. Without a policy nothing may run. */
export type PolicyReading =
  | { kind: 'policy'; policy: SandboxPolicy }
  | { kind: 'missing' | 'malformed'; message: string };

interface PolicyText {
  version: 1;
  extends?: 'standard';
  isolation?: SandboxPolicy['isolation'];
  commands?: CommandRule[];
  environment?: { pass?: string[]; set?: Record<string, string> };
  files?: { read?: string[]; write?: string[]; protect?: { path: string; as?: PlaceholderShape }[]; hide?: string[] };
  network?: { hosts?: string[] };
  unixSockets?: boolean;
  limits?: PolicyLimits;
}

/** Reads the policy in a file. */
export async function readPolicyFile(path: string): Promise<PolicyReading> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is none' : (error as Error).message;
    return { kind: 'missing', message: `Expected a sandbox policy at ${path}, but ${why}; nothing runs without one.` };
  }
  return readPolicy(text, path);
}

/** Reads a policy from JSON text (comments and trailing commas are fine). `source` is how messages name it. */
export async function readPolicy(text: string, source: string): Promise<PolicyReading> {
  const json = await readJsonText(text);
  if (json.kind === 'malformed') {
    return malformed(source, `line ${json.line}, column ${json.column}: expected JSON, found ${json.found}`);
  }
  const form = await validate<PolicyText>(policySchema as JsonSchema, json.value);
  if (form.kind === 'invalid') return malformed(source, form.problems.map(describeProblem).join('; '));
  const { network, environment, commands = [] } = form.value;
  const problem =
    hostProblem(network?.hosts ?? []) ?? hookProblem(environment?.set ?? {}) ?? commands.map(ruleProblem).find(Boolean);
  return problem === undefined ? { kind: 'policy', policy: filledIn(form.value) } : malformed(source, problem);
}

function malformed(source: string, what: string): PolicyReading {
  return {
    kind: 'malformed',
    message: `The sandbox policy ${source} cannot be used: ${what}. Nothing runs until it is mended.`,
  };
}

/** Host patterns are those of a permission. */
function hostProblem(hosts: readonly string[]): string | undefined {
  try {
    permission({ hosts });
    const all = hosts.find((host) => host === '*' || host.startsWith('*:'));
    return all && `$.network.hosts: expected names of hosts, found "${all}", which is all of them`;
  } catch (error) {
    if (isPyAgentError(error, 'kernel/permission-invalid')) return `$.network.hosts: ${error.message}`;
    throw error;
  }
}

function hookProblem(set: Readonly<Record<string, string>>): string | undefined {
  const hook = Object.entries(set).find(([name, value]) => isHook(name, value) || value.includes('\0'))?.[0];
  return hook && `$.environment.set.${hook}: expected a variable that makes no program load or run something`;
}

/** A rule for any program would fit none. */
function ruleProblem({ run }: CommandRule, index: number): string | undefined {
  const any = run?.[0]?.split('|').includes('*') ?? false;
  return any ? `$.commands[${index}].run[0]: expected the name of a program, found "*"` : undefined;
}

const NOTHING: SandboxPolicy = {
  isolation: 'namespaces',
  commands: [],
  environment: { pass: ['PATH', 'HOME', 'LANG', 'TERM'], set: {} },
  files: { read: [], write: [], protect: STANDARD_POLICY.files.protect, hide: [] },
  network: { hosts: [] },
  unixSockets: false,
  limits: STANDARD_POLICY.limits,
};

function filledIn(text: PolicyText): SandboxPolicy {
  const base = text.extends === 'standard' ? STANDARD_POLICY : NOTHING;
  const { environment, files, network } = text;
  return {
    isolation: text.isolation ?? base.isolation,
    commands: [...base.commands, ...(text.commands ?? [])],
    environment: {
      pass: [...base.environment.pass, ...(environment?.pass ?? [])],
      set: { ...base.environment.set, ...environment?.set },
    },
    files: {
      read: [...base.files.read, ...(files?.read ?? [])],
      write: [...base.files.write, ...(files?.write ?? [])],
      protect: [...base.files.protect, ...(files?.protect ?? []).map(({ path, as = 'folder' }) => ({ path, as }))],
      hide: [...base.files.hide, ...(files?.hide ?? [])],
    },
    network: { hosts: [...base.network.hosts, ...(network?.hosts ?? [])] },
    unixSockets: text.unixSockets ?? base.unixSockets,
    limits: { ...base.limits, ...text.limits },
  };
}
