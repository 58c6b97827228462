import { isIP } from 'node:net';

/** Where a request wants to go. */
export interface Target {
  /** Canonical: lower case, punycode, without a dot at the end; an address without brackets. */
  host: string;
  port: number;
  /** Whether the host is an address. */
  literal: boolean;
}

/** What reading a target gives. */
export type TargetReading = { kind: 'target'; target: Target } | { kind: 'refused'; reason: string };

/**
 * Reads `host:port` of a CONNECT, or the authority of a URL. One spelling of each host is left: numbers in other notations
 * are addresses (WHATWG URL, host parsing), and whatever resolvers and checks could read in two ways is refused.
 */
export function readTarget(authority: string, defaultPort?: number): TargetReading {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  if (/[\u0000-\u0020\u007f-\u00a0@/\\?#%]/.test(authority)) {
    return refused('expected a host and a port, found characters that no host has');
  }
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::([0-9]{1,5}))?$/i.exec(authority);
  const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
  if (match?.[1] === undefined) return refused('expected a host and a port');
  if (port === undefined || port < 1 || port > 65535) return refused('expected a port from 1 to 65535');
  const host = canonical(match[1]);
  if (host === undefined) return refused('expected the name of a host');
  return { kind: 'target', target: { host, port, literal: isIP(host) !== 0 } };
}

function refused(reason: string): TargetReading {
  return { kind: 'refused', reason };
}

function canonical(host: string): string | undefined {
  const bare = host.replace(/\.$/, '');
  if (bare === '' || bare.endsWith('.') || bare.length > 253 + 2) return undefined;
  const url = URL.canParse(`http://${bare}/`) ? new URL(`http://${bare}/`) : undefined;
  if (url === undefined || url.username !== '' || url.port !== '' || url.pathname !== '/') return undefined;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) !== 0) return name;
  return name.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) ? name : undefined;
}
