import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  REDACTION_KINDS,
  type RedactionFinding,
  type RedactionKind,
  type Redactor,
  redactionSession,
  redactor,
} from '../../../redaction/index.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { usageError } from '../usage-error.ts';
import { printable } from '../view/printable.ts';

interface RedactOptions {
  check?: boolean;
  json?: boolean;
  rules?: string;
  kinds?: string[];
  allow?: string[];
  output?: string;
  conceal?: string;
  restore?: string;
}

/** One thing that was found, by where it begins. */
interface Place {
  file: string;
  /** From 1. */
  line: number;
  kind: RedactionKind;
  rule: string;
}

/** `pyagent redact`: 0, or with `--check` 1 when something private was found. */
export async function redact(context: CommandContext, files: string[], options: RedactOptions): Promise<number> {
  const at = (file: string) => resolve(context.environment.cwd(), file);
  const inputs = (files.length === 0 ? ['-'] : files).map((file) => ({ file, path: file === '-' ? 0 : at(file) }));
  const given = await scannerOf(options, at);
  if (options.check || options.json) return tellPlaces(context, inputs, given, options.json === true);
  const sink = await openSink(context, options.output === undefined ? undefined : at(options.output));
  try {
    for (const { file, path } of inputs) {
      if (options.conceal !== undefined) await sink.write(await concealed(at(options.conceal), given, file, path));
      else if (options.restore !== undefined) await sink.write(await restored(at(options.restore), given, file, path));
      else await copyRedacted(given, file, path, sink);
    }
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.close();
  return exitCode.done;
}

async function scannerOf({ rules, kinds, allow }: RedactOptions, at: (file: string) => string): Promise<Redactor> {
  const unknown = kinds?.find((kind) => !REDACTION_KINDS.some((known) => known === kind));
  if (unknown !== undefined) {
    throw usageError(`--kinds expects some of ${REDACTION_KINDS.join(', ')}, found "${unknown}".`, { found: unknown });
  }
  const text = rules === undefined ? undefined : await readText(at(rules), rules, 'rules');
  return redactor({
    ...(text === undefined ? {} : { rules: text }),
    ...(kinds === undefined ? {} : { kinds: kinds as RedactionKind[] }),
    ...(allow === undefined ? {} : { allow }),
  });
}

async function readText(path: string | number, name: string, what: string): Promise<string> {
  try {
    if (typeof path === 'string') return await readFile(path, 'utf8');
    const parts: Uint8Array[] = [];
    for await (const part of process.stdin) parts.push(part as Uint8Array);
    return Buffer.concat(parts).toString();
  } catch (cause) {
    throw cannotRead(name, what, cause);
  }
}

function cannotRead(name: string, what: string, cause: unknown): Error {
  return usageError(`Expected ${what} at ${name}: ${(cause as Error).message}`, { file: name }, cause);
}

interface Sink {
  write(bytes: Uint8Array | string): Promise<void>;
  /** Whether nobody reads any more. */
  isBroken(): boolean;
  close(): Promise<void>;
  /** Takes back what is only a part. */
  discard(): Promise<void>;
}

/** A new file: one that is there is never written over. Or the standard output, as fast as it is read. */
async function openSink({ stdout }: CommandContext, path: string | undefined): Promise<Sink> {
  if (path === undefined) {
    let broken = false;
    stdout.onBroken(() => {
      broken = true;
    });
    const write = async (bytes: Uint8Array | string) => {
      stdout.write(bytes);
      await stdout.flushed();
    };
    return { write, isBroken: () => broken, close: async () => {}, discard: async () => {} };
  }
  try {
    const file = await open(path, 'wx', 0o600);
    return {
      write: (bytes) => file.appendFile(bytes),
      isBroken: () => false,
      close: () => file.close(),
      discard: async () => {
        await file.close();
        await rm(path);
      },
    };
  } catch (cause) {
    throw usageError(`Expected a new file for the result: ${(cause as Error).message}`, { file: path }, cause);
  }
}

async function copyRedacted(given: Redactor, file: string, path: string | number, sink: Sink): Promise<void> {
  const stream = given.stream();
  for await (const piece of pieces(file, path)) {
    await sink.write(stream.push(piece));
    // What is said is heard by nobody: a pipe that never ends would be read for ever.
    if (sink.isBroken()) return;
  }
  await sink.write(stream.end());
}

async function* pieces(file: string, path: string | number): AsyncGenerator<Uint8Array> {
  const source = typeof path === 'number' ? process.stdin : createReadStream(path, { highWaterMark: 1024 * 1024 });
  try {
    for await (const piece of source) yield piece as Uint8Array;
  } catch (cause) {
    throw cannotRead(file, 'a text', cause);
  }
}

async function tellPlaces(
  { stdout }: CommandContext,
  inputs: readonly { file: string; path: string | number }[],
  given: Redactor,
  json: boolean,
): Promise<number> {
  const places: Place[] = [];
  for (const { file, path } of inputs) {
    const stream = given.stream();
    const lines = lineCounter();
    const findings: RedactionFinding[] = [];
    for await (const piece of pieces(file, path)) {
      lines.add(piece);
      stream.push(piece);
      findings.push(...stream.findings());
    }
    stream.end();
    findings.push(...stream.findings());
    places.push(...findings.map(({ start, kind, rule }) => ({ file, line: lines.of(start), kind, rule })));
  }
  if (json) stdout.write(`${JSON.stringify({ found: places.length, places }, null, 2)}\n`);
  else for (const { file, line, kind, rule } of places) stdout.write(`${printable(file)}:${line}: ${kind} (${rule})\n`);
  return places.length === 0 ? exitCode.done : exitCode.failed;
}

/** Tells the line of a byte by where the lines of a text end. */
function lineCounter(): { add(piece: Uint8Array): void; of(position: number): number } {
  const ends: number[] = [];
  let length = 0;
  return {
    add: (piece) => {
      for (let index = piece.indexOf(10); index !== -1; index = piece.indexOf(10, index + 1)) ends.push(length + index);
      length += piece.length;
    },
    of: (position) => {
      let [low, high] = [0, ends.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((ends[middle] as number) < position) low = middle + 1;
        else high = middle;
      }
      return low + 1;
    },
  };
}

async function concealed(map: string, given: Redactor, file: string, path: string | number): Promise<string> {
  const session = redactionSession(given, await readMap(map, true));
  const text = session.conceal(await readText(path, file, 'a text'));
  await writeMap(map, session.tokens());
  return text;
}

/** Written beside and renamed: never half a map, and never one that others may read. */
async function writeMap(path: string, tokens: Readonly<Record<string, string>>): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  try {
    await writeFile(draft, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw usageError(`Cannot write what the tokens stand for: ${(cause as Error).message}`, { file: path }, cause);
  }
}

async function restored(map: string, given: Redactor, file: string, path: string | number): Promise<string> {
  const session = redactionSession(given, await readMap(map, false));
  return session.restore(await readText(path, file, 'a text'));
}

async function readMap(path: string, mayBeNew: boolean): Promise<Record<string, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (mayBeNew && (cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw cannotRead(path, 'the file of --conceal', cause);
  }
  try {
    const map: unknown = JSON.parse(text);
    const sound =
      typeof map === 'object' && map !== null && Object.values(map).every((value) => typeof value === 'string');
    if (sound) return map as Record<string, string>;
  } catch {
    // Told below.
  }
  throw usageError(`Expected a file that --conceal wrote at ${path}, found something else.`, { file: path });
}
