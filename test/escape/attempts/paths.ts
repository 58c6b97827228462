import { execFileSync } from 'node:child_process';
import { linkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, probe, script } from '../attempt.ts';
import type { Place } from '../place.ts';
import { tarOf } from '../tar.ts';

const OUT = '"$LC_OUTSIDE"';

const words: Attempt[] = [
  { number: 1, title: 'write through ..', argv: script('printf planted > ../outside/planted') },
  { number: 1, title: 'write to an absolute path', argv: script(`printf planted > ${OUT}/planted`) },
  { number: 1, title: 'read through ..', argv: script('cat ../outside/secret.txt') },
  { number: 1, title: 'read an absolute path', argv: script(`cat ${OUT}/secret.txt`) },
  {
    number: 1,
    title: 'a path of many dots and slashes',
    argv: script('printf planted > "$LC_WORKSPACE/.//././../workspace/..//outside/.//planted"'),
  },
  {
    number: 1,
    title: 'a path that goes on after a NUL byte',
    argv: (place) => ['escape-probe', 'path-with-nul', join(place.outside, 'planted')],
  },
  {
    number: 1,
    title: 'a name with a line break that leads outside',
    prepare: ({ workspace, outside }) => symlinkSync(outside, join(workspace, 'line\nbreak')),
    argv: script('printf planted > "line\nbreak/planted"'),
  },
  // Names that mean something on other systems only; on this one they are plain names in the workspace.
  {
    number: 1,
    title: 'a path that begins with \\\\?\\',
    argv: script(`printf planted > '\\\\?\\'..'\\'outside'\\'planted`),
  },
  { number: 1, title: 'an alternate data stream', argv: script("printf planted > '../workspace/readme.txt:stream'") },
  {
    number: 1,
    title: 'another spelling of .git: case, composed letters, a dot at the end',
    prepare: (place) => void execFileSync('git', ['init', '-q', place.workspace]),
    argv: script(
      'mkdir -p .GIT .git. ".g\u0131t"; for at in .GIT .git. ".g\u0131t"; do printf planted > "$at/config"; done',
    ),
  },
  { number: 1, title: 'read the home folder', argv: script('cat "$HOME/.ssh/id" ~/.ssh/id') },
  { number: 1, title: "read the product's own state", argv: script('cat ../state/journal') },
  { number: 1, title: 'change the file mode of a file outside', argv: script(`chmod 777 ${OUT}/victim.txt`) },
  { number: 1, title: 'delete a file outside', argv: script(`rm -f ${OUT}/victim.txt`) },
  { number: 1, title: 'move a file outside into the workspace', argv: script(`mv ${OUT}/victim.txt taken`) },
  {
    number: 1,
    title: 'leave a file in the shared temporary folders',
    argv: script('for at in /tmp /var/tmp /dev/shm; do printf planted > "$at/$LC_MARK"; done'),
    after: (place) => {
      const left = ['/tmp', '/var/tmp', '/dev/shm'].map((folder) => join(folder, place.mark)).filter(exists);
      for (const path of left) execFileSync('rm', ['-f', path]);
      return left.length === 0 ? undefined : `${left.join(', ')} was left`;
    },
  },
];

const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

const links: Attempt[] = [
  {
    number: 2,
    title: 'write through a link to a file',
    argv: script(`ln -s ${OUT}/victim.txt link; printf planted > link`),
  },
  { number: 2, title: 'read through a link to a file', argv: script(`ln -s ${OUT}/secret.txt link; cat link`) },
  {
    number: 2,
    title: 'write through a link that was there before',
    prepare: ({ workspace, outside }) => symlinkSync(join(outside, 'victim.txt'), join(workspace, 'link')),
    argv: script('printf planted > link'),
  },
  {
    number: 2,
    title: 'a link whose target does not exist yet',
    argv: script(`ln -s ${OUT}/planted link; printf planted > link`),
  },
  {
    number: 3,
    title: 'write below a link to a folder',
    argv: script(`ln -s ${OUT} link; printf planted > link/planted`),
  },
  {
    number: 3,
    title: 'write below a link to a folder that was there before',
    prepare: ({ workspace, outside }) => symlinkSync(outside, join(workspace, 'link')),
    argv: script('printf planted > link/folder/planted'),
  },
  {
    number: 3,
    title: 'a chain of links, the last one relative',
    argv: script('mkdir a; ln -s ../../outside a/b; ln -s a/b c; printf planted > c/planted'),
  },
  {
    number: 4,
    title: 'swap a folder with a link between a look and a write',
    argv: (place) => ['escape-probe', 'swap-parent', place.outside, String(place.patience)],
  },
  {
    number: 5,
    title: 'a hard link to a file outside, then a write in place',
    argv: script(`ln ${OUT}/victim.txt link && printf planted > link`),
  },
  {
    number: 5,
    title: 'a hard link that was there before, into an overlay',
    prepare: ({ workspace, outside }) => linkSync(join(outside, 'victim.txt'), join(workspace, 'link')),
    argv: script('printf planted > link'),
    ways: ['overlay'],
  },
  {
    number: 5,
    title: 'a hidden file through a hard link, a link and a new name',
    prepare: ({ workspace, secret }) => writeFileSync(join(workspace, '.env'), secret),
    argv: script('cat .env; ln .env a && cat a; ln -s .env b; cat b; mv .env c; cat c; cat ./././.env'),
    wishes: () => ({ hide: ['.env'] }),
  },
];

const pivots: Attempt[] = [
  {
    number: 6,
    title: 'through the root of every process that can be seen',
    argv: script('for root in /proc/[0-9]*/root /proc/self/root; do cat "$root$LC_OUTSIDE/secret.txt"; done'),
  },
  {
    number: 6,
    title: 'through the working folder of every process that can be seen',
    argv: script('for cwd in /proc/[0-9]*/cwd; do cat "$cwd$LC_OUTSIDE/secret.txt" "$cwd/../outside/secret.txt"; done'),
  },
  {
    number: 6,
    title: 'write through /proc/self/root',
    argv: script('printf planted > "/proc/self/root$LC_OUTSIDE/planted"'),
  },
  {
    number: 6,
    title: 'through the open descriptors of every process that can be seen',
    argv: script(
      'for fd in /proc/[0-9]*/fd/* /dev/fd/*; do case $(readlink "$fd") in */secret.txt) cat "$fd";; esac; done; cat /proc/*/task/*/cwd/../outside/secret.txt',
    ),
  },
];

const special: Attempt[] = [
  {
    number: 7,
    title: 'a FIFO where a settings file is expected',
    argv: script('mkfifo CLAUDE.md .npmrc .envrc'),
  },
  {
    number: 7,
    title: 'a link to a device where a settings file is expected',
    argv: script('ln -s /dev/zero AGENTS.md; ln -s /dev/zero .mcp.json'),
  },
  {
    number: 7,
    title: 'a device made in the workspace, and opened',
    argv: probe('device-node'),
    claims: true,
  },
  {
    number: 7,
    title: 'a device that was in the workspace before, opened',
    only: 'root',
    prepare: ({ workspace }) =>
      void execFileSync('mknod', ['-m', '666', join(workspace, 'device-node'), 'c', '1', '5']),
    argv: probe('device-node'),
    claims: true,
  },
  {
    number: 7,
    title: 'settings that are FIFOs hold up whoever reads them',
    prepare: ({ workspace }) => {
      execFileSync('git', ['init', '-q', workspace]);
      execFileSync(
        'mkfifo',
        ['.npmrc', '.gitmodules', 'AGENTS.md', '.env'].map((name) => join(workspace, name)),
      );
    },
    // Without a sandbox a reader stands for a careless set-up.
    argv: (_, way) => (way === 'plain' ? ['cat', '.npmrc'] : ['true']),
    wishes: () => ({ hide: ['.env'], timeoutMs: 1500 }),
    after: (_, ran) => (ran.kind === 'timed-out' ? 'it was held up' : undefined),
  },
  {
    number: 8,
    title: 'a sparse file of a terabyte',
    argv: script('truncate -s 1T sparse'),
    after: (place) => tooLarge(place, 'sparse', 1024 ** 4),
  },
  {
    number: 8,
    title: 'more files than a quota has room for, all empty',
    argv: probe('many-files', '4000'),
    wishes: () => ({ limits: { workspaceBytes: 4 * 1024 * 1024 } }),
    claims: true,
  },
];

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function tooLarge(place: Place, name: string, size: number): string | undefined {
  const places = [join(place.workspace, name), join(place.layers, 'upper', name)];
  return places.some((path) => sizeOf(path) >= size) ? `${name} has ${size} bytes` : undefined;
}

const archives: Attempt[] = [
  {
    number: 13,
    title: 'an archive with a member that is called ../outside/planted',
    prepare: ({ workspace }) =>
      writeFileSync(join(workspace, 'slip.tar'), tarOf([{ name: '../outside/planted', text: 'x' }])),
    argv: script('tar -xPf slip.tar'),
  },
  {
    number: 13,
    title: 'an archive with a link to the outside, and a member below it',
    prepare: ({ workspace, outside }) =>
      writeFileSync(
        join(workspace, 'slip.tar'),
        tarOf([
          { name: 'link', link: outside },
          { name: 'link/planted', text: 'x' },
        ]),
      ),
    argv: script('tar -xPf slip.tar'),
  },
  {
    number: 13,
    title: 'an archive with an absolute member',
    prepare: ({ workspace, outside }) =>
      writeFileSync(join(workspace, 'slip.tar'), tarOf([{ name: join(outside, 'planted'), text: 'x' }])),
    argv: script('tar -xPf slip.tar'),
  },
];

/** (1) to (8) and (13). */
export const PATHS: readonly Attempt[] = [...words, ...links, ...pivots, ...special, ...archives];
