import { PyAgentError } from './error.ts';
import { readGlob } from './glob.ts';

/** What a manifest or a skill asks for. An absent list allows nothing of its kind. */
export interface PermissionGrant {
  /** Globs of files that may be read, relative to the workspace's root. */
  read?: readonly string[];
  /** Globs of files that may be created, changed or deleted. */
  write?: readonly string[];
  /** Hosts that may be called: `example.com`, `*.example.com`, `localhost:8080`, `*`. Without a port, any port. */
  hosts?: readonly string[];
  /**
   * Commands that may be run, word by word: `npm test`, `git log *` (exactly one more word), `tsc **` (any further
   * words), `**` (any command). The words are the argument array; no shell is involved.
   */
  commands?: readonly string[];
}

/** One effect that somebody wants to have. */
export type PermissionRequest =
  | { kind: 'read' | 'write'; path: string }
  | { kind: 'host'; host: string; port?: number }
  | { kind: 'command'; argv: readonly string[] };

/** Whether an effect is allowed. `by` is the position of the grant that denies it, from 0 for the outermost. */
export type PermissionVerdict = { kind: 'allowed' } | { kind: 'denied'; by: number; message: string };

/**
 * What a task may do: grants laid over each other, outermost first. An effect needs the consent of each of them, so a
 * permission can only shrink on its way down, by construction.
 */
export interface Permission {
  readonly grants: readonly PermissionGrant[];
  allows(request: PermissionRequest): PermissionVerdict;
  /** This permission further limited by `grant`. @throws PyAgentError `kernel/permission-invalid` */
  narrow(grant: PermissionGrant): Permission;
}

/** The grant that allows everything. */
export const FULL_GRANT: PermissionGrant = { read: ['**'], write: ['**'], hosts: ['*'], commands: ['**'] };

/** A permission of one grant. @throws PyAgentError `kernel/permission-invalid` when a pattern is not one */
export function permission(grant: PermissionGrant): Permission {
  return layered([compile(grant)]);
}

interface CompiledGrant {
  grant: PermissionGrant;
  allows(request: PermissionRequest): boolean;
}

function layered(layers: readonly CompiledGrant[]): Permission {
  return {
    grants: layers.map((layer) => layer.grant),
    allows: (request) => {
      const problem = requestProblem(request);
      if (problem !== undefined) return { kind: 'denied', by: 0, message: problem };
      const by = layers.findIndex((layer) => !layer.allows(request));
      return by === -1
        ? { kind: 'allowed' }
        : { kind: 'denied', by, message: denial(request, layers[by]?.grant ?? {}) };
    },
    narrow: (grant) => layered([...layers, compile(grant)]),
  };
}

/** A path is judged as it is written, so a form that could mean another place is never allowed. */
function requestProblem(request: PermissionRequest): string | undefined {
  if (request.kind === 'command') return request.argv.length === 0 ? 'expected a command, found no words' : undefined;
  if (request.kind === 'host') return request.host === '' ? 'expected a host name, found an empty one' : undefined;
  const { path } = request;
  const odd =
    /^[a-zA-Z]:|[\\\0]/.test(path) || path.split('/').some((name) => name === '' || name === '.' || name === '..');
  return odd ? `expected a path inside the workspace with / between plain names, found "${path}"` : undefined;
}

function denial(request: PermissionRequest, grant: PermissionGrant): string {
  const [what, list] =
    request.kind === 'command'
      ? [`run "${request.argv.join(' ')}"`, grant.commands]
      : request.kind === 'host'
        ? [`call ${request.host}${request.port === undefined ? '' : `:${request.port}`}`, grant.hosts]
        : [`${request.kind} ${request.path}`, grant[request.kind]];
  const allowed = list === undefined || list.length === 0 ? 'nothing of this kind' : list.join(', ');
  return `not permitted to ${what}; allowed: ${allowed}`;
}

function compile(grant: PermissionGrant): CompiledGrant {
  const copy: PermissionGrant = Object.freeze({
    read: Object.freeze([...(grant.read ?? [])]),
    write: Object.freeze([...(grant.write ?? [])]),
    hosts: Object.freeze([...(grant.hosts ?? [])]),
    commands: Object.freeze([...(grant.commands ?? [])]),
  });
  const read = (copy.read ?? []).map((pattern) => pathMatcher('read', pattern));
  const write = (copy.write ?? []).map((pattern) => pathMatcher('write', pattern));
  const hosts = (copy.hosts ?? []).map(hostMatcher);
  const commands = (copy.commands ?? []).map(commandMatcher);
  return {
    grant: copy,
    allows: (request) => {
      if (request.kind === 'command') return commands.some((matches) => matches(request.argv));
      if (request.kind === 'host') return hosts.some((matches) => matches(request.host.toLowerCase(), request.port));
      return (request.kind === 'read' ? read : write).some((matches) => matches(request.path));
    },
  };
}

function pathMatcher(kind: 'read' | 'write', pattern: string): (path: string) => boolean {
  const glob = readGlob(pattern);
  if (glob.kind === 'malformed') throw invalid(kind, pattern, glob.reason);
  return (path) => glob.matches(path);
}

function hostMatcher(pattern: string): (host: string, port: number | undefined) => boolean {
  const match = /^(\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$/i.exec(pattern);
  if (match?.[1] === undefined) throw invalid('hosts', pattern, 'it is not a host name with an optional port');
  const name = match[1].toLowerCase();
  const port = match[2] === undefined ? undefined : Number(match[2]);
  return (host, actual) => {
    if (port !== undefined && port !== actual) return false;
    if (name === '*') return true;
    return name.startsWith('*.') ? host.length > name.length - 1 && host.endsWith(name.slice(1)) : host === name;
  };
}

function commandMatcher(pattern: string): (argv: readonly string[]) => boolean {
  const words = pattern.split(' ');
  if (words.some((word) => word === '')) throw invalid('commands', pattern, 'its words are not separated by one space');
  const rest = words.indexOf('**');
  if (rest !== -1 && rest !== words.length - 1) throw invalid('commands', pattern, '** may only be the last word');
  const fixed = rest === -1 ? words : words.slice(0, rest);
  return (argv) =>
    (rest === -1 ? argv.length === fixed.length : argv.length >= fixed.length) &&
    fixed.every((word, index) => word === '*' || word === argv[index]);
}

function invalid(list: keyof PermissionGrant, pattern: string, reason: string): PyAgentError {
  return new PyAgentError({
    code: 'kernel/permission-invalid',
    message: `expected a pattern in the permission list "${list}", found "${pattern}": ${reason}`,
    details: { list, pattern, reason },
  });
}
