import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Attempt, probe, script } from '../attempt.ts';
import type { Place } from '../place.ts';

const right = (title: string, ...words: string[]): Attempt => ({
  number: 24,
  title,
  argv: probe(...words),
  claims: true,
  ways: ['write'],
});

/** On a process outside that belongs to the same user. */
const onVictim = (title: string, word: string): Attempt => ({
  ...right(title),
  argv: (place) => ['escape-probe', word, String(place.witnesses.victim)],
});

const rights: Attempt[] = [
  right('a user namespace by unshare', 'user-namespace'),
  right('a user namespace by clone', 'user-namespace-clone'),
  right('a user namespace by clone3', 'user-namespace-clone3'),
  right('a user namespace by the 32 bit interface', 'user-namespace-32'),
  right('a user namespace by the x32 interface', 'user-namespace-x32'),
  right('a mount', 'mount'),
  right('a mount by the new calls', 'mount-new'),
  right('tracing a child of its own', 'ptrace-child'),
  onVictim('tracing a process outside', 'ptrace'),
  onVictim('reading the memory of a process outside', 'read-memory'),
  onVictim('writing the memory of a process outside by /proc', 'proc-memory'),
  onVictim('taking a descriptor of a process outside', 'take-descriptor'),
  onVictim('joining the namespaces of a process outside', 'join-namespace'),
  right('the memory of process 1', 'proc-memory', '1'),
  right('joining the namespaces of process 1', 'join-namespace', '1'),
  right('a key in a keyring', 'add-key'),
  right('a keyring', 'keyring'),
  right('a BPF map', 'bpf'),
  right('an io_uring', 'io-uring'),
  right('a program that exists in memory only', 'memory-program'),
  right('a set-user-id bit', 'set-user-id'),
  right('another kernel', 'kexec'),
  right('a kernel module', 'module'),
  right('performance counters', 'performance'),
  right('a file by its handle', 'file-handle'),
  right('another personality', 'personality'),
  right('handling page faults', 'page-faults'),
  right('another root folder', 'chroot'),
  right('capabilities', 'capabilities'),
  right("the kernel's log", 'kernel-log'),
];

const settings: Attempt[] = [
  '/proc/sys/kernel/core_pattern',
  '/proc/sys/kernel/modprobe',
  '/proc/sys/kernel/hostname',
  '/proc/sys/net/ipv4/ip_forward',
  '/proc/sys/user/max_user_namespaces',
  '/proc/sysrq-trigger',
  '/sys/kernel/uevent_helper',
  '/sys/fs/cgroup/memory/release_agent',
  '/sys/power/state',
].map((path) => right(`${path}, opened for writing`, 'open-for-write', path));

const devices: Attempt[] = [
  ...['/dev/mem', '/dev/kmsg', '/dev/fuse', '/dev/net/tun', '/dev/loop-control', '/dev/kvm'].map((path) =>
    right(`${path}, opened`, 'open-to-read', path),
  ),
  {
    ...right('the disk below the root folder, opened'),
    argv: () => ['escape-probe', 'open-to-read', rootDevice()],
  },
  ...['/proc/kcore', '/proc/keys', '/proc/timer_list', '/etc/shadow'].map((path) =>
    right(`${path}, read`, 'open-to-read', path),
  ),
  {
    number: 24,
    title: 'a control group of its own',
    argv: script(
      'for at in /sys/fs/cgroup /sys/fs/cgroup/pids /sys/fs/cgroup/memory; do mkdir "$at/$LC_MARK" && echo "PROBE-WORKED $at"; rmdir "$at/$LC_MARK"; done',
    ),
    claims: true,
    ways: ['write'],
  },
  {
    number: 24,
    title: 'the name of the machine',
    argv: script('hostname "$(hostname)" && echo PROBE-WORKED hostname'),
    claims: true,
    ways: ['write'],
  },
];

function rootDevice(): string {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((mount) => mount.split(' ')[1] === '/' && mount.startsWith('/dev/'));
  return line?.split(' ')[0] ?? '/dev/vda';
}

const sockets: Attempt[] = [
  ['a netlink socket', '16', '3', '0'],
  ['a netlink socket of the audit system', '16', '3', '9'],
  ['a socket to the hypervisor (vsock)', '40', '1', '0'],
  ['a packet socket', '17', '3', '0'],
  ['a raw socket for ICMP', '2', '3', '1'],
  ['a socket to the crypto of the kernel', '38', '5', '0'],
  ['an XDP socket', '44', '3', '0'],
].map(([title = '', ...words]): Attempt => ({ ...right(title, 'socket', ...words), number: 31 }));

/** A key that no other program uses. */
const sharedKey = ({ mark }: Place) => String(Number.parseInt(mark.slice(-7), 16) + 1);

const shared: Attempt[] = [
  {
    number: 24,
    title: 'shared memory that outlives it',
    argv: (place) => ['escape-probe', 'shared-memory', sharedKey(place)],
    ways: ['write'],
    after: (place) => {
      const key = sharedKey(place);
      const line = readFileSync('/proc/sysvipc/shm', 'utf8')
        .split('\n')
        .find((row) => row.trim().startsWith(`${key} `));
      if (line === undefined) return undefined;
      execFileSync('ipcrm', ['-M', key]);
      return 'a segment was left';
    },
  },
];

/** (24), and the kinds of sockets of (31). */
export const KERNEL: readonly Attempt[] = [...rights, ...settings, ...devices, ...sockets, ...shared];
