import { posix } from 'node:path';

/**
 * One argument of a recorded call. Texts are in Latin-1: one character per byte, so that no name and no content is lost.
 */
export type CallArgument =
  /** A descriptor with the path that it led to at that instant. */
  | { kind: 'descriptor'; path: string }
  /** `whole`: strace did not cut it. */
  | { kind: 'text'; text: string; whole: boolean }
  | { kind: 'word'; word: string };

/** One system call of a recording. */
export interface Call {
  /** Position in the recording, from 0, by the beginning of the call. */
  index: number;
  /** Lines of the recording at which the call began and ended; equal when nothing came in between. */
  began: number;
  ended: number;
  thread: string;
  name: string;
  arguments: CallArgument[];
  /** What it returned; `undefined` when the process died in it. */
  result: number | undefined;
  /** The symbolic error: `ENOENT`. */
  error?: string;
}

const LINE = /^(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*))$/s;
const RESULT = /^(.*)\) += (\?|-?\d+|0x[0-9a-f]+)(?:<[^>]*>)?(?: (E\w+) .*)?(?: \(.*\))?$/s;
const UNFINISHED = / <unfinished \.\.\.>$/;

/** Reads what `strace -f -y -xx -s <enough> -o` wrote. Signals and ends of processes are skipped. */
export function parseTrace(text: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { call: Call; text: string }>();
  const finish = (call: Call, body: string, line: number) => {
    const found = RESULT.exec(body);
    // The line breaks off where the process was killed.
    if (!found) {
      call.arguments = splitArguments(body).map(readArgument);
      return;
    }
    call.arguments = splitArguments(found[1] ?? '').map(readArgument);
    call.ended = line;
    call.result = found[2] === '?' ? undefined : Number(found[2]);
    if (found[3]) call.error = found[3];
  };
  for (const [line, content] of text.split('\n').entries()) {
    const found = LINE.exec(content);
    if (!found) continue;
    const [, thread = '', name, body = '', , rest = ''] = found;
    if (name === undefined) {
      const begun = open.get(thread);
      open.delete(thread);
      if (begun) finish(begun.call, begun.text + rest, line);
      continue;
    }
    const call: Call = {
      index: calls.length,
      began: line,
      ended: line,
      thread,
      name,
      arguments: [],
      result: undefined,
    };
    calls.push(call);
    if (UNFINISHED.test(body)) open.set(thread, { call, text: body.replace(UNFINISHED, '') });
    else finish(call, body, line);
  }
  for (const { call, text: begun } of open.values()) call.arguments = splitArguments(begun).map(readArgument);
  return calls;
}

/** Splits at commas outside brackets and quotes; inside them strace's hexadecimal form has no comma of its own. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = text.indexOf('"', at + 1);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
    if (at < 0) break;
  }
  if (start < text.length) parts.push(text.slice(start).trim());
  return parts;
}

function readArgument(text: string): CallArgument {
  const quoted = /^"([^"]*)"(\.\.\.)?$/.exec(text);
  if (quoted) return { kind: 'text', text: fromHex(quoted[1] ?? ''), whole: quoted[2] === undefined };
  const descriptor = /^(?:\d+|AT_FDCWD)<([^>]*)>(?:\(deleted\))?$/.exec(text);
  if (descriptor) return { kind: 'descriptor', path: fromHex(descriptor[1] ?? '').replace(/ \(deleted\)$/, '') };
  return { kind: 'word', word: text };
}

function fromHex(text: string): string {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex').toString('latin1');
}

/** The content of a text argument; `''` for anything else. */
export function textOf(argument: CallArgument | undefined): string {
  return argument?.kind === 'text' ? argument.text : '';
}

/** A word argument (flags, numbers); `''` for anything else. */
export function wordOf(argument: CallArgument | undefined): string {
  return argument?.kind === 'word' ? argument.word : '';
}

/** Calls whose texts are contents, not paths. */
const CONTENTS = new Set(['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2']);

/** The absolute paths that a call names: descriptors, and texts resolved against the descriptor before them. */
export function pathsOf(call: Call): string[] {
  const paths: string[] = [];
  let folder = '/';
  for (const [position, argument] of call.arguments.entries()) {
    if (argument.kind === 'word') continue;
    if (argument.kind === 'text') {
      if (CONTENTS.has(call.name) || isLinkTarget(call, position)) continue;
      paths.push(posix.resolve(folder, argument.text));
      continue;
    }
    folder = argument.path;
    if (call.arguments[position + 1]?.kind !== 'text' || CONTENTS.has(call.name)) paths.push(argument.path);
  }
  return paths;
}

/** What a symbolic link is to hold is no path that the call touches. */
export function isLinkTarget({ name }: Call, position: number): boolean {
  return (name === 'symlink' || name === 'symlinkat') && position === 0;
}
