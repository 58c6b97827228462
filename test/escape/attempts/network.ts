import { spawn } from 'node:child_process';
import type { Attempt, Ran, Way } from '../attempt.ts';
import { ended, specLine, startHelper } from '../in-sandbox.ts';
import type { Place } from '../place.ts';

/** The address that machines in clouds give their credentials at. Only ever in a network that the suite has made. */
const METADATA = '169.254.169.254';

/** The same address in other clothes (inet_aton(3); RFC 4291, 2.5.5.2; RFC 6052). */
const FORMS: readonly (readonly [title: string, host: string, carries?: string])[] = [
  ['as it is', METADATA],
  ['as one decimal number', '2852039166'],
  ['in octal', '0251.0376.0251.0376'],
  ['in hexadecimal', '0xA9FEA9FE'],
  ['in three parts', '169.254.43518'],
  ['mapped into IPv6', '::ffff:169.254.169.254'],
  ['by NAT64', '64:ff9b::a9fe:a9fe', '64:ff9b::a9fe:a9fe'],
  ["as IPv6's own", 'fd00:ec2::254', 'fd00:ec2::254'],
];

/** A network namespace of the suite's own, with a listener at that address on its loopback; what runs in it is `argv`. */
async function inMadeNetwork(place: Place, way: Way, addresses: string, argv: readonly string[]): Promise<Ran> {
  const wrapper = ['in-network', '80', addresses];
  if (way === 'plain') return ended(spawn(place.tools.probe, [...wrapper, place.tools.probe, ...argv.slice(1)]));
  const line = await specLine(place, way, argv);
  return ended(startHelper(place, line, { before: [place.tools.probe, ...wrapper] }).child);
}

const metadata = FORMS.map(
  ([form, host, carries]): Attempt => ({
    number: 28,
    title: `the metadata address ${form}`,
    start: (place, way) => inMadeNetwork(place, way, carries ?? METADATA, ['escape-probe', 'tcp', host, '80']),
    claims: true,
    ways: ['write'],
  }),
);

const service = (title: string, argv: (place: Place) => readonly string[], more: Partial<Attempt> = {}): Attempt => ({
  number: 31,
  title,
  argv,
  ways: ['write'],
  ...more,
});

const tcp = (host: string) => (place: Place) => ['escape-probe', 'tcp', host, String(place.witnesses.tcp)];

const services: Attempt[] = [
  ...['127.0.0.1', 'localhost', '2130706433', '0177.0.0.1', '127.1', '::ffff:127.0.0.1'].map((host) =>
    service(`a service on loopback, as ${host}`, tcp(host)),
  ),
  service('a service on ::1', ({ witnesses }) => ['escape-probe', 'tcp', '::1', String(witnesses.tcp6)]),
  service(
    'a datagram to loopback, as a name server would get it',
    ({ witnesses }) => ['escape-probe', 'udp', '127.0.0.1', String(witnesses.udp)],
    {
      number: 29,
    },
  ),
  service('a policy with an empty list of hosts', tcp('127.0.0.1'), {
    number: 29,
    wishes: () => ({ network: { kind: 'none' }, env: { HTTP_PROXY: '', NO_PROXY: '*' } }),
  }),
  service('a socket by its path in the workspace', ({ witnesses }) => ['escape-probe', 'unix', witnesses.inside]),
  service('a socket by its path outside', ({ witnesses }) => ['escape-probe', 'unix', witnesses.beside]),
  service('a socket by a link to its path outside', () => [
    'sh',
    '-c',
    'ln -s "$LC_OUTSIDE/service.sock" s; escape-probe unix s',
  ]),
  service('a socket by its abstract name', ({ witnesses }) => ['escape-probe', 'unix-abstract', witnesses.abstract]),
  service(
    'a socket by its path outside, where sockets are allowed',
    ({ witnesses }) => ['escape-probe', 'unix', witnesses.beside],
    { wishes: () => ({ unixSockets: true }) },
  ),
  service(
    'a socket by its abstract name, where sockets are allowed',
    ({ witnesses }) => ['escape-probe', 'unix-abstract', witnesses.abstract],
    { wishes: () => ({ unixSockets: true }) },
  ),
];

/** (28), (29) and the services of (31). The proxy of (30) has its attempts beside it. */
export const NETWORK: readonly Attempt[] = [...metadata, ...services];
