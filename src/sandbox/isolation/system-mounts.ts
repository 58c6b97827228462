import { lstat, readdir, readlink } from 'node:fs/promises';
import type { Mount } from './sandbox-spec.ts';

/** Folders that may be links into `/usr` or folders of their own, depending on the distribution. */
const MERGED = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Where software is besides the distribution's own places. */
const SOFTWARE = ['/opt', '/nix', '/snap', '/gnu/store', '/home/linuxbrew/.linuxbrew'];

/** What programs read below `/etc`: how to link, which certificates to trust, names of services, time. No keys, no accounts. */
const CONFIGURATION = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'crypto-policies',
  'debian_version',
  'fonts',
  'gai.conf',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'localtime',
  'magic',
  'mime.types',
  'os-release',
  'pki/ca-trust',
  'pki/tls/certs',
  'pki/tls/cert.pem',
  'protocols',
  'services',
  'ssl/certs',
  'ssl/cert.pem',
  'ssl/openssl.cnf',
  'timezone',
];

/** Who the command is inside. */
export interface Identity {
  uid: number;
  gid: number;
  home: string;
}

/** The read-only system that every sandbox has: programs, libraries and what they need to find each other. */
export async function systemMounts({ uid, gid, home }: Identity): Promise<Mount[]> {
  const merged = await Promise.all(MERGED.map(mergedFolder));
  const names = [...CONFIGURATION, ...(await languageConfiguration())];
  return [
    { kind: 'read', from: '/usr', at: '/usr' },
    ...merged.filter((mount) => mount !== undefined),
    ...[...SOFTWARE, ...names.map((name) => `/etc/${name}`)].map(optional),
    { kind: 'file', at: '/etc/passwd', text: `root:x:0:0::/:/bin/sh\nuser:x:${uid}:${gid}::${home}:/bin/sh\n` },
    { kind: 'file', at: '/etc/group', text: `root:x:0:\nuser:x:${gid}:\n` },
    { kind: 'file', at: '/etc/hosts', text: '127.0.0.1 localhost\n::1 localhost\n' },
    { kind: 'file', at: '/etc/nsswitch.conf', text: 'passwd: files\ngroup: files\nhosts: files dns\n' },
    { kind: 'file', at: '/etc/resolv.conf', text: '' },
    { kind: 'symlink', at: '/var/tmp', target: '../tmp' },
  ];
}

function optional(path: string): Mount {
  return { kind: 'read', from: path, at: path, optional: true };
}

async function mergedFolder(path: string): Promise<Mount | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isSymbolicLink()
    ? { kind: 'symlink', at: path, target: await readlink(path) }
    : { kind: 'read', from: path, at: path };
}

/** Settings of interpreters that a distribution keeps in `/etc`. */
async function languageConfiguration(): Promise<string[]> {
  const names = await readdir('/etc').catch(() => []);
  return names.filter((name) => /^(java|python|perl|php|lua|ImageMagick)[-.\d]*/.test(name));
}
