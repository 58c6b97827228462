import { type Call, isLinkTarget, pathsOf, textOf, wordOf } from './trace.ts';

/** A call of a recording that changes a file of the place, or flushes one: an instant at which a kill is tried. */
export interface FileCall {
  call: Call;
  /** The paths that it names, relative to the place. */
  paths: string[];
  /** It changes what another process would see; the others put changes in order on the disk. */
  changes: boolean;
}

const FLUSHES = new Set(['fsync', 'fdatasync', 'syncfs', 'sync', 'sync_file_range', 'msync']);
const OPENS = new Set(['open', 'openat', 'openat2', 'creat']);

/** Whether an opening call may create or cut a file. */
export function opensToChange(call: Call): boolean {
  if (call.name === 'creat') return true;
  return call.arguments.some((argument) => /\bO_(?:CREAT|TRUNC|TMPFILE)\b/.test(wordOf(argument)));
}

/** Whether a call is there for its effect on files: a flush, or a change. */
function hasEffect(call: Call): boolean {
  if (OPENS.has(call.name)) return opensToChange(call);
  if (call.name === 'ioctl') return call.arguments.some((argument) => /CLONE/.test(wordOf(argument)));
  return call.name !== 'mmap';
}

/** The calls of a recording that change or flush files below `folder`. */
export function fileCalls(calls: readonly Call[], folder: string): FileCall[] {
  return calls.filter(hasEffect).flatMap((call) => {
    const paths = pathsOf(call)
      .filter((path) => path === folder || path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));
    return paths.length === 0 ? [] : [{ call, paths, changes: !FLUSHES.has(call.name) }];
  });
}

/** What a call is, in words that are the same in every run of the scenario. */
export function describeCall({ call, paths }: FileCall): string {
  return `${call.name} ${paths.join(' -> ')}`;
}

/** The texts by which strace's `-P` finds a call: a path as it was given, or where a descriptor led to. */
export function watchable(call: Call, folder: string): string[] {
  const contents = /^p?write/.test(call.name);
  const texts = contents ? [] : call.arguments.filter((_, at) => !isLinkTarget(call, at)).map(textOf);
  const descriptors = call.arguments.flatMap((argument) =>
    argument.kind === 'descriptor' && argument.path.startsWith(folder) ? [argument.path] : [],
  );
  // A name says more than the folder that it stands in.
  return [...texts, ...descriptors].filter((text) => text !== '.' && text !== '');
}
