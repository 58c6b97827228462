import { join } from 'node:path';
import { startEgressProxy } from '../../../src/sandbox/index.ts';
import type { Attempt, Ran, Way } from '../attempt.ts';
import { runIn } from '../in-sandbox.ts';
import type { Place } from '../place.ts';

const PORT = 3128;

/** A request to the proxy; its port is that of a service on loopback. */
type Request = (port: number) => string;

const connect =
  (host: string): Request =>
  (port) =>
    `CONNECT ${host}:${port} HTTP/1.1\\r\\nHost: ${host}:${port}\\r\\n\\r\\n`;

/** Asks the product's proxy for the service. Every name it knows is loopback: nobody else is ever asked. */
async function ask(place: Place, way: Way, hosts: readonly string[], request: Request, isSix = false): Promise<Ran> {
  const port = isSix ? place.witnesses.tcp6 : place.witnesses.tcp;
  if (way === 'plain') return runIn(place, way, ['escape-probe', 'tcp', isSix ? '::1' : '127.0.0.1', String(port)]);
  const proxy = await startEgressProxy({
    hosts: hosts.map((host) => host.replace('PORT', String(port))),
    socketPath: join(place.layers, 'proxy', 'egress.sock'),
    resolve: async () => ['127.0.0.1'],
  });
  try {
    const network = { kind: 'proxy', socket: proxy.socketPath, port: PORT } as const;
    return await runIn(place, way, ['escape-probe', 'ask-proxy', String(PORT), request(port)], { network });
  } finally {
    await proxy.close();
  }
}

const asked = (
  title: string,
  hosts: readonly string[],
  request: Request,
  more: { number?: number; isSix?: boolean } = {},
): Attempt => ({
  number: more.number ?? 30,
  title: `through the proxy: ${title}`,
  start: (place, way) => ask(place, way, hosts, request, more.isSix),
  ways: ['write'],
});

const ALLOWED = ['allowed.test:PORT', '*.allowed.test:PORT'];

/** (30), and the names of (29) that lead somewhere else. */
export const EGRESS: readonly Attempt[] = [
  asked('a permitted name that leads to loopback', ALLOWED, connect('allowed.test'), { number: 29 }),
  asked('a name below a permitted one that leads to loopback', ALLOWED, connect('a.allowed.test'), { number: 29 }),
  asked('nothing is permitted', [], connect('allowed.test')),
  asked('another name', ALLOWED, connect('localhost')),
  asked('another port', ['allowed.test'], connect('allowed.test')),
  asked('an address', ALLOWED, connect('127.0.0.1')),
  asked('an address of IPv6', ALLOWED, connect('[::1]'), { isSix: true }),
  asked('an address mapped into IPv6', ALLOWED, connect('[::ffff:127.0.0.1]')),
  asked('an address as one number', ALLOWED, connect('2130706433')),
  asked('an address in hexadecimal', ALLOWED, connect('0x7f000001')),
  asked('an address with a dot at its end', ALLOWED, connect('127.0.0.1.')),
  asked('a NUL byte before a permitted name', ALLOWED, connect('127.0.0.1\\0.allowed.test')),
  asked('a permitted name before a user', ALLOWED, connect('allowed.test@127.0.0.1')),
  asked('a permitted name after a slash', ALLOWED, connect('127.0.0.1/.allowed.test')),
  asked('a name that only looks permitted', ALLOWED, connect('127.0.0.1#.allowed.test')),
  asked(
    'a plain request for an address',
    ALLOWED,
    (port) => `GET http://127.0.0.1:${port}/ HTTP/1.1\\r\\nHost: allowed.test\\r\\n\\r\\n`,
  ),
  asked(
    'a plain request with a user',
    ALLOWED,
    (port) => `GET http://allowed.test@127.0.0.1:${port}/ HTTP/1.1\\r\\nHost: allowed.test\\r\\n\\r\\n`,
  ),
  asked(
    'a plain request for a permitted name that leads to loopback',
    ALLOWED,
    (port) => `GET http://allowed.test:${port}/ HTTP/1.1\\r\\nHost: allowed.test:${port}\\r\\n\\r\\n`,
  ),
  asked('a request without a host', ALLOWED, (port) => `GET / HTTP/1.1\\r\\nHost: 127.0.0.1:${port}\\r\\n\\r\\n`),
  asked(
    'two requests in one',
    ALLOWED,
    (port) =>
      `GET / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 0\\r\\n\\r\\nCONNECT 127.0.0.1:${port} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n`,
  ),
];
