import { BlockList, isIP } from 'node:net';

/** Address blocks that are not the public internet (IANA special-purpose address registries), and those of metadata services. */
const RANGES: readonly [address: string, prefix: number, what: string][] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'a private network'],
  ['100.64.0.0', 10, 'shared address space'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local, where metadata services are'],
  ['172.16.0.0', 12, 'a private network'],
  ['192.0.0.0', 24, 'protocol assignments'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, '6to4 relays'],
  ['192.168.0.0', 16, 'a private network'],
  ['198.18.0.0', 15, 'benchmarks'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
  ['::', 96, 'unspecified, loopback or IPv4-compatible'],
  ['::ffff:0:0', 96, 'an IPv4 address in another form'],
  ['::ffff:0:0:0', 96, 'an IPv4 address in another form'],
  ['64:ff9b::', 96, 'an IPv4 address behind a translator'],
  ['64:ff9b:1::', 48, 'an IPv4 address behind a translator'],
  ['100::', 64, 'discard'],
  ['2001::', 23, 'protocol assignments, Teredo'],
  ['2001:db8::', 32, 'documentation'],
  ['2002::', 16, '6to4'],
  ['3fff::', 20, 'documentation'],
  ['5f00::', 16, 'segment routing'],
  ['fc00::', 7, 'a private network'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'site-local'],
  ['ff00::', 8, 'multicast'],
];

const lists = RANGES.map(([address, prefix, what]) => {
  const list = new BlockList();
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(address, prefix, family);
  return { list, what, family };
});

/** Why nothing may be sent to an address; undefined when it is on the public internet. `own`: addresses of this machine. */
export function forbiddenAddress(address: string, own: readonly string[] = []): string | undefined {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 0) return 'not an address';
  if (own.includes(plain)) return 'this machine';
  const family = version === 6 ? 'ipv6' : 'ipv4';
  return lists.find((entry) => entry.family === family && entry.list.check(plain, family))?.what;
}
