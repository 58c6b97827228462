import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { below } from '../tree-picture.ts';

/** One file, folder or symbolic link, apart from its names. */
export interface Inode {
  readonly id: number;
  readonly kind: 'file' | 'folder' | 'symlink';
  mode: number;
  /** Of a file. */
  content: Buffer;
  /** Of a folder: names in Latin-1 to ids. */
  entries: Map<string, number>;
  /** Of a symbolic link. */
  target: string;
}

/** A name in a folder that leads somewhere else from now on. `undefined`: nowhere. */
export interface EntryChange {
  folder: number;
  name: string;
  to: number | undefined;
}

/**
 * What one system call does to the disk. The changes of one `entries` effect happen together or not at all: a journaling
 * file system puts a rename, and an exchange, into one transaction.
 */
export type DiskEffect =
  | { kind: 'entries'; changes: EntryChange[] }
  | { kind: 'data'; inode: number; offset: number; bytes: Buffer }
  | { kind: 'size'; inode: number; size: number }
  | { kind: 'mode'; inode: number; mode: number };

const NOTHING = Buffer.alloc(0);

/** A file system as a set of inodes; number 0 is the folder that holds everything. */
export class Disk {
  readonly inodes: Inode[] = [];

  /** Adds an inode that no name leads to yet. */
  add(kind: Inode['kind'], mode: number, target = ''): Inode {
    const inode: Inode = { id: this.inodes.length, kind, mode, content: NOTHING, entries: new Map(), target };
    this.inodes.push(inode);
    return inode;
  }

  at(id: number): Inode {
    const inode = this.inodes[id];
    if (!inode) throw new Error(`expected an inode ${id}, there are ${this.inodes.length}`);
    return inode;
  }

  /** A copy that can be changed; contents are shared until they are. */
  clone(): Disk {
    const copy = new Disk();
    for (const inode of this.inodes) copy.inodes.push({ ...inode, entries: new Map(inode.entries) });
    return copy;
  }

  apply(effect: DiskEffect): void {
    if (effect.kind === 'entries') {
      for (const { folder, name, to } of effect.changes) {
        if (to === undefined) this.at(folder).entries.delete(name);
        else this.at(folder).entries.set(name, to);
      }
    } else if (effect.kind === 'mode') this.at(effect.inode).mode = effect.mode;
    else {
      const inode = this.at(effect.inode);
      inode.content = contentAfter(inode.content, effect);
    }
  }
}

type ContentEffect = Extract<DiskEffect, { kind: 'data' | 'size' }>;

/** Thousands of states share most of their contents: what a content comes to by an effect is worked out once. */
const contents = new WeakMap<Buffer, Map<ContentEffect, Buffer>>();

function contentAfter(content: Buffer, effect: ContentEffect): Buffer {
  const known = contents.get(content) ?? new Map<ContentEffect, Buffer>();
  contents.set(content, known);
  const after = known.get(effect) ?? computed(content, effect);
  known.set(effect, after);
  return after;
}

function computed(content: Buffer, effect: ContentEffect): Buffer {
  const end = effect.kind === 'size' ? effect.size : effect.offset + effect.bytes.length;
  const after = Buffer.alloc(effect.kind === 'size' ? end : Math.max(content.length, end));
  content.copy(after, 0, 0, Math.min(content.length, after.length));
  if (effect.kind === 'data') effect.bytes.copy(after, effect.offset);
  return after;
}

/** Reads a real folder; its hard links stay hard links. Everything in it counts as safely on the disk. */
export function readDisk(folder: string): Disk {
  const disk = new Disk();
  const known = new Map<number, number>();
  const read = (place: Buffer): number => {
    const stats = lstatSync(place);
    const mode = stats.mode & 0o7777;
    const twin = known.get(stats.ino);
    if (twin !== undefined) return twin;
    if (stats.isSymbolicLink()) return disk.add('symlink', mode, readlinkSync(place, 'latin1')).id;
    if (stats.isDirectory()) {
      const inode = disk.add('folder', mode);
      for (const name of readdirSync(place, 'latin1').sort()) inode.entries.set(name, read(below(place, name)));
      return inode.id;
    }
    const inode = disk.add('file', mode);
    inode.content = readFileSync(place);
    known.set(stats.ino, inode.id);
    return inode.id;
  };
  read(Buffer.from(folder));
  return disk;
}
