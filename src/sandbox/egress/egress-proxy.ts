import { lookup } from 'node:dns/promises';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { permission } from '../../kernel/index.ts';
import { forbiddenAddress } from './forbidden-address.ts';
import { serverName } from './server-name.ts';
import { readTarget, type Target } from './target.ts';

/** What the proxy decided about one connection. */
export interface EgressDecision {
  host: string;
  port: number;
  allowed: boolean;
  reason: string;
}

/** What the proxy goes by. */
export interface EgressProxyOptions {
  /** `example.com`, `*.example.com`, `example.com:8443`. Without a port: 80 and 443. Empty: nothing is reached. */
  hosts: readonly string[];
  /** Where it listens; its folder is made with mode 0700, and removed with it. */
  socketPath: string;
  /** Addresses of a name. Default: the system's resolver. */
  resolve?: (host: string) => Promise<string[]>;
  /** Opens a connection to an address that was checked. Default: TCP. */
  dial?: (address: string, port: number) => Socket;
  /** Told about each connection. */
  onDecision?: (decision: EgressDecision) => void;
  /** Connections at one time. Default: 128. */
  connections?: number;
  /** Milliseconds without a byte after which a connection ends. Default: 60,000. */
  idleMs?: number;
}

/** A running proxy. */
export interface EgressProxy {
  socketPath: string;
  close(): Promise<void>;
}

type Way = { kind: 'open'; target: Target; address: string } | { kind: 'closed'; reason: string };

const DEFAULT_PORTS = [80, 443];
const LONGEST_HEAD = 16 * 1024;

/**
 * An HTTP proxy (RFC 9110, 9.3.6 CONNECT and absolute forms) that lets only named hosts be reached. The name is resolved
 * once per connection, every address is checked, and the very address that was checked is dialled. Inside of a tunnel the
 * server name of TLS must be the host that was asked for; behind a plain request the `Host` header.
 */
export async function startEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const { socketPath, connections = 128, idleMs = 60_000 } = options;
  const judge = judgeOf(options);
  const dial = options.dial ?? ((address: string, port: number) => connect({ host: address, port }));
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
  const sockets = new Set<Socket>();
  const server = createServer({ maxHeaderSize: LONGEST_HEAD, requireHostHeader: false }, (request, response) => {
    void forward(request, response, judge, dial, idleMs);
  });
  server.maxConnections = connections;
  server.headersTimeout = 10_000;
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, socket, head) => {
    void tunnel(request.url ?? '', socket as Socket, head, judge, dial);
  });
  server.on('upgrade', (_request, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socketPath, resolve);
  });
  return {
    socketPath,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(dirname(socketPath), { recursive: true, force: true });
    },
  };
}

/** Variables by which programs find a proxy at a port of their own loopback. */
export function proxyEnvironment(port: number): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`;
  const names = [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'npm_config_proxy',
    'npm_config_https_proxy',
    'CARGO_HTTP_PROXY',
  ];
  const both = names.flatMap((name) => [name, name.toLowerCase()]);
  const none = { NO_PROXY: 'localhost,127.0.0.1,::1', no_proxy: 'localhost,127.0.0.1,::1', NODE_USE_ENV_PROXY: '1' };
  return { ...Object.fromEntries(both.map((name) => [name, proxy])), ...none };
}

function judgeOf({
  hosts,
  resolve,
  onDecision,
}: EgressProxyOptions): (authority: string, port?: number) => Promise<Way> {
  const hasPort = (host: string) => /:[0-9]+$/.test(host);
  const withPort = permission({ hosts: hosts.filter(hasPort) });
  const usualPorts = permission({ hosts: hosts.filter((host) => !hasPort(host)) });
  const written = new Set(hosts.map((host) => host.toLowerCase()));
  const addresses =
    resolve ?? (async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address));
  const decide = async (authority: string, port?: number): Promise<Way> => {
    const reading = readTarget(authority, port);
    if (reading.kind === 'refused') return { kind: 'closed', reason: reading.reason };
    const { target } = reading;
    const { host } = target;
    const shown = target.literal && host.includes(':') ? `[${host}]` : host;
    const asked = { kind: 'host', host: shown, port: target.port } as const;
    const usual = DEFAULT_PORTS.includes(target.port) && usualPorts.allows(asked).kind === 'allowed';
    if (!usual && withPort.allows(asked).kind === 'denied') {
      return { kind: 'closed', reason: `${shown}:${target.port} is not among the hosts of the policy` };
    }
    const found = target.literal ? [host] : await addresses(host).catch(() => []);
    const first = found[0];
    if (first === undefined) return { kind: 'closed', reason: `${host} has no address` };
    // An address, or this machine, that the policy writes out with its port is meant.
    const meant = (target.literal || host === 'localhost') && written.has(`${shown}:${target.port}`);
    const own = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);
    const bad = meant
      ? undefined
      : found.map((address) => forbiddenAddress(address, own)).find((why) => why !== undefined);
    if (bad !== undefined) return { kind: 'closed', reason: `${host} leads to ${bad}` };
    return { kind: 'open', target, address: first };
  };
  return async (authority, port) => {
    const way = await decide(authority, port);
    const [host = '', shownPort] =
      way.kind === 'open' ? [way.target.host, way.target.port] : [authority.slice(0, 300), port ?? 0];
    onDecision?.({
      host,
      port: shownPort ?? 0,
      allowed: way.kind === 'open',
      reason: way.kind === 'open' ? 'named by the policy' : way.reason,
    });
    return way;
  };
}

async function tunnel(
  authority: string,
  inside: Socket,
  head: Buffer,
  judge: (authority: string, port?: number) => Promise<Way>,
  dial: (address: string, port: number) => Socket,
): Promise<void> {
  inside.on('error', () => inside.destroy());
  const way = await judge(authority);
  if (way.kind === 'closed') return void inside.end(refusal(way.reason));
  inside.write('HTTP/1.1 200 Connection established\r\n\r\n');
  const { target, address } = way;
  let begun = Buffer.from(head);
  const look = () => {
    const name = target.port === 443 ? serverName(begun) : ({ kind: 'none' } as const);
    if (name.kind === 'more') return;
    inside.off('data', more);
    // Behind another name there could be another host than the one that is allowed.
    const fits = target.port !== 443 || target.literal || (name.kind === 'name' && name.name === target.host);
    if (!fits) return void inside.destroy();
    inside.pause();
    const outside = dial(address, target.port);
    outside.on('error', () => inside.destroy()).on('close', () => inside.destroy());
    inside.on('close', () => outside.destroy());
    outside.once('connect', () => {
      outside.write(begun);
      inside.pipe(outside);
      outside.pipe(inside);
    });
  };
  const more = (chunk: Buffer) => {
    begun = Buffer.concat([begun, chunk]);
    look();
  };
  inside.on('data', more);
  if (target.port !== 443 || begun.length > 0) look();
}

function refusal(reason: string): string {
  const body = `pyagent: ${reason}. Add the host to network.hosts of the sandbox policy to allow it.\n`;
  return `HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

const HOP_BY_HOP = /^(connection|proxy-.*|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  judge: (authority: string, port?: number) => Promise<Way>,
  dial: (address: string, port: number) => Socket,
  idleMs: number,
): Promise<void> {
  response.shouldKeepAlive = false;
  const refuse = (reason: string) => {
    response.writeHead(403, { 'Content-Type': 'text/plain' });
    response.end(`pyagent: ${reason}. Add the host to network.hosts of the sandbox policy to allow it.\n`);
  };
  const match = /^http:\/\/([^/?#]*)([/?].*)?$/i.exec(request.url ?? '');
  if (match?.[1] === undefined) return refuse('expected a request with a whole http: address');
  const way = await judge(match[1], 80);
  if (way.kind === 'closed') return refuse(way.reason);
  const named = readTarget(request.headers.host ?? match[1], 80);
  if (named.kind === 'refused' || named.target.host !== way.target.host)
    return refuse('the Host header names another host');
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.test(name)));
  const onward = httpRequest(
    {
      createConnection: () => dial(way.address, way.target.port),
      method: request.method,
      path: match[2] ?? '/',
      headers: { ...headers, host: match[1], connection: 'close' },
      timeout: idleMs,
    },
    (answer) => {
      const kept = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.test(name)));
      response.writeHead(answer.statusCode ?? 502, kept);
      answer.pipe(response);
    },
  );
  onward
    .on('timeout', () => onward.destroy())
    .on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
