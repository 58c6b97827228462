import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { native } from '../../../src/native/index.ts';
import { below } from '../tree-picture.ts';
import type { CrashState, TornData } from './crash-states.ts';
import type { Disk } from './disk.ts';
import type { DiskLog } from './log.ts';

const PAGE = 4096;
const SECTOR = 512;

/** The disk that a power cut leaves. */
export function diskOf(log: DiskLog, { kept, torn }: CrashState): Disk {
  const disk = applied(log, kept);
  if (torn === undefined) return disk;
  const lost = new Set(torn.effects);
  const old = applied(log, new Set([...kept].filter((index) => !lost.has(index)))).at(torn.inode).content;
  const inode = disk.at(torn.inode);
  inode.content = tear(inode.content, isCut(log, torn) ? Buffer.alloc(0) : old, torn.style);
  return disk;
}

function applied({ start, records }: DiskLog, kept: ReadonlySet<number>): Disk {
  const disk = start.clone();
  for (const [position, record] of records.entries()) {
    if (record.kind === 'effect' && kept.has(position)) disk.apply(record.effect);
  }
  return disk;
}

/** A file that was cut to nothing gave its old pages away. */
function isCut({ records }: DiskLog, { effects }: TornData): boolean {
  return effects.some((index) => {
    const record = records[index];
    return record?.kind === 'effect' && record.effect.kind === 'size' && record.effect.size === 0;
  });
}

/** The new length; the parts that did not arrive hold the old bytes, or zeros where there were none. */
function tear(content: Buffer, old: Buffer, style: TornData['style']): Buffer {
  const torn = Buffer.from(content);
  const lose = (from: number, to: number) => {
    torn.fill(0, from, to);
    if (from < old.length) old.copy(torn, from, from, Math.min(to, old.length));
  };
  if (style === 'zeros') lose(0, content.length);
  else if (style === 'short of a sector')
    lose(Math.floor(Math.max(0, content.length - 1) / SECTOR) * SECTOR, content.length);
  else {
    for (let page = style === 'even pages' ? 1 : 0; page * PAGE < content.length; page += 2) {
      lose(page * PAGE, Math.min((page + 1) * PAGE, content.length));
    }
  }
  return torn;
}

/** SQLite's shared memory: no process has it mapped after a power cut, so its content means nothing. */
const isMemory = (name: string) => name.endsWith('-shm');

/** A word for everything that the names of a disk lead to: equal words, equal trees. */
export function digestOf(disk: Disk): string {
  return native().hashBytes(Buffer.from(describeDisk(disk).join('\n'), 'latin1'));
}

/** One line for each path of a disk, in order; names of the same file share a number. */
export function describeDisk(disk: Disk): string[] {
  const lines: string[] = [];
  const numbers = new Map<number, number>();
  const visit = (id: number, path: string) => {
    const { kind, mode, content, entries, target } = disk.at(id);
    const held = kind === 'file' ? hashOf(content) : target;
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    lines.push(`${path} ${kind} ${mode} ${number} ${held}`);
    for (const [name, to] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!isMemory(name)) visit(to, `${path}/${name}`);
    }
  };
  visit(0, '');
  return lines;
}

const hashes = new WeakMap<Buffer, string>();

function hashOf(content: Buffer): string {
  const hash = hashes.get(content) ?? native().hashBytes(content);
  hashes.set(content, hash);
  return hash;
}

/** Replaces a real folder by a disk. */
export function materialise(disk: Disk, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const made = new Map<number, Buffer>();
  const make = (id: number, place: Buffer) => {
    const { kind, mode, content, entries, target } = disk.at(id);
    const twin = made.get(id);
    if (twin) {
      linkSync(twin, place);
      return;
    }
    if (kind === 'symlink') {
      symlinkSync(Buffer.from(target, 'latin1'), place);
      return;
    }
    if (kind === 'file') {
      made.set(id, place);
      writeFileSync(place, content);
    } else {
      mkdirSync(place);
      for (const [name, to] of entries) {
        if (!isMemory(name)) make(to, below(place, name));
      }
    }
    chmodSync(place, mode);
  };
  make(0, Buffer.from(folder));
}
