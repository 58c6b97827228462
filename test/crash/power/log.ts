import { posix } from 'node:path';
import { opensToChange } from '../file-call.ts';
import { type Call, type CallArgument, pathsOf, textOf, wordOf } from '../trace.ts';
import type { Disk, DiskEffect } from './disk.ts';

/** One thing that happened to the disk, in the order in which the calls ended. */
export type LogRecord = { call: Call } & (
  | { kind: 'effect'; effect: DiskEffect }
  /** Everything of `inode` that happened before the call began is safe now. `undefined`: everything there is. */
  | { kind: 'flush'; inode: number | undefined; withMode: boolean }
  /** The caller was told how the scenario ended: from here on it has to last. */
  | { kind: 'answer' }
);

/** A recorded scenario: the disk before it, with the inodes that it will make still nameless, and what happened. */
export interface DiskLog {
  start: Disk;
  records: LogRecord[];
}

/** The masks of new files are those of the driver's process, which inherits ours. */
const UMASK = process.umask();

/**
 * Translates a recording into what it did to the disk below `folder`; `start` is what was there before it. Fails on a
 * call that the model cannot follow: what is not understood would be a hole in the proof.
 */
export function readLog(calls: readonly Call[], folder: string, start: Disk): DiskLog {
  const reader = new LogReader(start, folder);
  const records: LogRecord[] = [];
  const cut = calls.find((call) => call.result === undefined && touches(call, folder));
  if (cut) throw new Error(`expected a whole recording, found a ${cut.name} without its end`);
  for (const call of calls.toSorted((a, b) => a.ended - b.ended)) {
    if (isAnswer(call)) records.push({ call, kind: 'answer' });
    else if (call.error === undefined && call.result !== undefined && touches(call, folder)) {
      for (const record of reader.read(call)) records.push({ call, ...record });
    }
  }
  return { start, records };
}

function isAnswer({ name, arguments: [where, what] }: Call): boolean {
  return name === 'write' && where?.kind === 'descriptor' && textOf(what).startsWith('answered ');
}

function touches(call: Call, folder: string): boolean {
  return pathsOf(call).some((path) => path === folder || path.startsWith(`${folder}/`));
}

type Unplaced = LogRecord extends infer R ? (R extends { call: Call } ? Omit<R, 'call'> : never) : never;
type Read = (call: Call) => Unplaced[];

class LogReader {
  readonly #start: Disk;
  /** The disk as the process sees it; new inodes go into both. */
  readonly #now: Disk;
  readonly #folder: string;
  /** Where a name led last: descriptors of files without a name are shown by the name that they had. */
  readonly #last = new Map<string, number>();

  constructor(start: Disk, folder: string) {
    this.#start = start;
    this.#now = start.clone();
    this.#folder = folder;
  }

  read(call: Call): Unplaced[] {
    const read = this.#readers[call.name];
    if (!read) throw new Error(`expected a call that the model of the disk knows, found ${call.name} in the recording`);
    const records = read(call);
    for (const record of records) if (record.kind === 'effect') this.#now.apply(record.effect);
    return records;
  }

  readonly #readers: Record<string, Read> = {
    ...all(['open', 'openat', 'openat2', 'creat'], (call) => this.#open(call)),
    ...all(['write'], (call) => this.#write(call)),
    ...all(['pwrite64'], ({ arguments: [file, bytes, , offset] }) => [
      {
        kind: 'effect',
        effect: { kind: 'data', inode: this.#find(file), offset: Number(wordOf(offset)), bytes: bytesOf(bytes) },
      },
    ]),
    ...all(['ftruncate', 'truncate'], (call) => this.#size(call.arguments[0], Number(wordOf(call.arguments[1])))),
    ...all(['rename', 'renameat', 'renameat2'], (call) => this.#rename(call)),
    ...all(['unlink', 'unlinkat', 'rmdir'], (call) => this.#entry(this.#paths(call)[0], undefined)),
    ...all(['mkdir', 'mkdirat'], (call) => this.#make(this.#paths(call)[0], 'folder', lastNumber(call))),
    ...all(['symlink', 'symlinkat'], (call) =>
      this.#make(this.#paths(call)[0], 'symlink', 0o777, textOf(call.arguments[0])),
    ),
    ...all(['link', 'linkat'], (call) => {
      const [from, to] = this.#paths(call);
      return this.#entry(to, this.#inode(from));
    }),
    ...all(['chmod', 'fchmod', 'fchmodat', 'fchmodat2'], (call) => [
      { kind: 'effect', effect: { kind: 'mode', inode: this.#subject(call), mode: lastNumber(call) } },
    ]),
    ...all(['fsync', 'fdatasync'], (call) => [
      { kind: 'flush', inode: this.#find(call.arguments[0]), withMode: call.name === 'fsync' },
    ]),
    ...all(['syncfs', 'sync'], () => [{ kind: 'flush', inode: undefined, withMode: true }]),
    // Neither owners nor times are promised; what follows a clone or a copy is looked at by its result.
    ...all(['chown', 'fchown', 'lchown', 'fchownat', 'utimensat', 'utimes', 'sync_file_range'], () => []),
    ...all(['copy_file_range', 'ioctl', 'sendfile'], (call) => this.#copy(call)),
    ...all(['mmap'], (call) => refuseSharedWriting(call)),
  };

  #open(call: Call): Unplaced[] {
    const path = this.#paths(call)[0];
    const flags = call.arguments.map(wordOf).join(' ');
    const known = this.#lookUp(path);
    if (known !== undefined && /O_WRONLY|O_RDWR/.test(flags)) {
      const appends = /O_APPEND/.test(flags);
      this.#written.set(known, appends ? this.#now.at(known).content.length : 0);
    }
    if (!opensToChange(call)) return [];
    if (known === undefined) return this.#make(path, 'file', creationMode(call));
    return /O_TRUNC/.test(flags) || call.name === 'creat' ? this.#resize(this.#inode(path), 0) : [];
  }

  /** Where a write without an offset goes: on from the ones before it, since the file was opened by its writer. */
  readonly #written = new Map<number, number>();

  #write({ arguments: [file, bytes], result = 0 }: Call): Unplaced[] {
    const inode = this.#find(file);
    const content = bytesOf(bytes).subarray(0, result);
    const offset = this.#written.get(inode) ?? 0;
    this.#written.set(inode, offset + content.length);
    return [{ kind: 'effect', effect: { kind: 'data', inode, offset, bytes: content } }];
  }

  #size(where: CallArgument | undefined, size: number): Unplaced[] {
    const inode = this.#find(where);
    // What is cut to nothing is written from the start again.
    if (size === 0) this.#written.delete(inode);
    return this.#resize(inode, size);
  }

  #resize(inode: number, size: number): Unplaced[] {
    return [{ kind: 'effect', effect: { kind: 'size', inode, size } }];
  }

  /** A whole-file copy by the kernel: the target gets the bytes that the source has now. */
  #copy(call: Call): Unplaced[] {
    const files = call.arguments.filter(({ kind }) => kind === 'descriptor');
    const [first, second] = call.name === 'copy_file_range' ? [files[1], files[0]] : [files[0], files[1]];
    if (call.name === 'ioctl' && !call.arguments.some((argument) => /CLONE/.test(wordOf(argument)))) return [];
    const bytes = this.#now.at(this.#find(second)).content;
    return [{ kind: 'effect', effect: { kind: 'data', inode: this.#find(first), offset: 0, bytes } }];
  }

  #rename(call: Call): Unplaced[] {
    const [from, to] = this.#paths(call);
    const moved = this.#inode(from);
    const exchanged = call.arguments.some((argument) => /RENAME_EXCHANGE/.test(wordOf(argument)));
    const back = exchanged ? this.#inode(to) : undefined;
    const changes = [this.#change(from, back), this.#change(to, moved)];
    return [{ kind: 'effect', effect: { kind: 'entries', changes } }];
  }

  #make(path: string | undefined, kind: 'file' | 'folder' | 'symlink', mode: number, target?: string): Unplaced[] {
    const { id } = this.#start.add(kind, kind === 'symlink' ? mode : mode & ~UMASK, target);
    this.#now.inodes.push({ ...this.#start.at(id), entries: new Map() });
    return this.#entry(path, id);
  }

  #entry(path: string | undefined, to: number | undefined): Unplaced[] {
    return [{ kind: 'effect', effect: { kind: 'entries', changes: [this.#change(path, to)] } }];
  }

  #change(path = '', to: number | undefined) {
    if (to !== undefined) this.#last.set(path, to);
    else this.#last.set(path, this.#lookUp(path) ?? -1);
    return { folder: this.#inode(posix.dirname(path)), name: posix.basename(path), to };
  }

  /** The inode of a descriptor, or of a path. */
  #find(argument: CallArgument | undefined): number {
    if (argument?.kind === 'descriptor') return this.#inode(argument.path);
    return this.#inode(textOf(argument));
  }

  /** What a change of mode is about, also where it goes through `/proc/self/fd`. */
  #subject(call: Call): number {
    const descriptor = call.arguments.find(({ kind }) => kind === 'descriptor');
    const path = this.#paths(call)[0] ?? '';
    return path === '' ? this.#find(descriptor) : this.#inode(path);
  }

  #paths(call: Call): string[] {
    return pathsOf(call).filter((path) => path === this.#folder || path.startsWith(`${this.#folder}/`));
  }

  #inode(path = ''): number {
    const found = this.#lookUp(path) ?? this.#last.get(path);
    if (found === undefined || found < 0) throw new Error(`expected something at ${path}, the model has nothing there`);
    return found;
  }

  #lookUp(path = ''): number | undefined {
    let at = 0;
    for (const name of path.slice(this.#folder.length).split('/').filter(Boolean)) {
      const next = this.#now.at(at).entries.get(name);
      if (next === undefined) return undefined;
      at = next;
    }
    return at;
  }
}

function all(names: readonly string[], read: Read): Record<string, Read> {
  return Object.fromEntries(names.map((name) => [name, read]));
}

function bytesOf(argument: CallArgument | undefined): Buffer {
  if (argument?.kind !== 'text' || !argument.whole) throw new Error('expected whole contents in the recording');
  return Buffer.from(argument.text, 'latin1');
}

/** The last argument that is an octal number. */
function lastNumber(call: Call): number {
  const word = call.arguments.map(wordOf).findLast((text) => /^0[0-7]*$/.test(text));
  return Number.parseInt(word ?? '0', 8);
}

function creationMode(call: Call): number {
  const how = /mode=(0[0-7]*)/.exec(call.arguments.map(wordOf).join(' '))?.[1];
  return how === undefined ? lastNumber(call) : Number.parseInt(how, 8);
}

/** Changes through shared memory are not seen. SQLite's `-shm` is rebuilt by whoever opens the store first. */
function refuseSharedWriting(call: Call): Unplaced[] {
  const words = call.arguments.map(wordOf).join(' ');
  const shared = /MAP_SHARED/.test(words) && /PROT_WRITE/.test(words);
  if (shared && !pathsOf(call).every((path) => path.endsWith('-shm'))) {
    throw new Error(`expected no file to be written through shared memory, found ${pathsOf(call)}`);
  }
  return [];
}
