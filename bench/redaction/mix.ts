/** Texts to measure speed on, the same for everyone: a third our own sources, a third logs, a third JSON. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { place } from '../place.ts';

const PART = 1_400_000;
/** About what a program writes at once; some tools are quicker with more, some with less. */
const PIECE = 32 * 1024;

/** The pieces in a fixed, mixed order, so that the first ones stand for all. */
export function mix(): string[] {
  const next = sequence(11);
  const pieces = [...cut(sources()), ...cut(logs(next)), ...cut(json(next))];
  return pieces
    .map((piece) => ({ piece, at: next(1 << 30) }))
    .sort((one, other) => one.at - other.at)
    .map(({ piece }) => piece);
}

function cut(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += PIECE) pieces.push(text.slice(at, at + PIECE));
  return pieces;
}

/** A linear congruential generator (Numerical Recipes): `next(n)` is below n. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function sources(): string {
  let text = '';
  for (const folder of ['src', 'crates']) {
    const names = readdirSync(join(place.repository, folder), { recursive: true, encoding: 'utf8' }).sort();
    for (const name of names.filter((name) => /\.(ts|rs)$/.test(name) && !name.includes('node_modules'))) {
      text += readFileSync(join(place.repository, folder, name), 'utf8');
      if (text.length > PART) return text.slice(0, PART);
    }
  }
  return text;
}

const WORDS = 'request accepted worker finished queue retry after upstream closed cache miss user session order'.split(
  ' ',
);
const NAMES = ['ada', 'grace', 'alan', 'edsger', 'barbara', 'donald'];

function words(next: (below: number) => number, count: number): string {
  return Array.from({ length: count }, () => WORDS[next(WORDS.length)]).join(' ');
}

function hex(next: (below: number) => number, length: number): string {
  return Array.from({ length }, () => next(16).toString(16)).join('');
}

/** Lines of services; one in eight names an address, one in fifty a person, one in two hundred leaks a key. */
function logs(next: (below: number) => number): string {
  const lines: string[] = [];
  for (let length = 0; length < PART; length += lines.at(-1)?.length ?? 0) {
    const time = new Date(Date.UTC(2026, 0, 1) + lines.length * 137).toISOString();
    let line = `${time} ${['INFO', 'WARN', 'DEBUG'][next(3)]} [${hex(next, 8)}] ${words(next, 6)} in ${next(900)}ms`;
    if (next(8) === 0) line += ` from 10.${next(256)}.${next(256)}.${next(256)}`;
    if (next(50) === 0) line += ` for ${NAMES[next(NAMES.length)]}@mail${next(90)}.example.org`;
    if (next(200) === 0) line += ` ${'api'}_key=${hex(next, 32)}`;
    lines.push(`${line}\n`);
  }
  return lines.join('');
}

/** Records as a service answers them. */
function json(next: (below: number) => number): string {
  const records: string[] = [];
  for (let length = 0; length < PART; length += records.at(-1)?.length ?? 0) {
    const name = NAMES[next(NAMES.length)];
    const contact =
      next(6) === 0 ? { email: `${name}.${next(9999)}@mail.example.org`, ip: `203.0.113.${next(256)}` } : {};
    const record = { id: hex(next, 24), name, tags: words(next, 4).split(' '), total: next(100_000) / 100, ...contact };
    records.push(`${JSON.stringify(record, null, next(2) * 2)},\n`);
  }
  return records.join('');
}
