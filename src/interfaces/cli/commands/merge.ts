import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type MergedFile, mergeFile } from '../../../diff/index.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { usageError } from '../usage-error.ts';

interface MergeCommandOptions {
  /** The name that tells the language. Default: that of `ours`. */
  path?: string;
  style: 'merge' | 'diff3' | 'zdiff3';
  markerSize: number;
  output?: string;
  json?: boolean;
}

/** `pyagent merge <base> <ours> <theirs>`: 0 when clean, 1 when conflicts are left between markers, as git asks. */
export async function mergeThree(
  context: CommandContext,
  base: string,
  ours: string,
  theirs: string,
  options: MergeCommandOptions,
): Promise<number> {
  const at = (file: string) => resolve(context.environment.cwd(), file);
  const read = async (file: string): Promise<Uint8Array> => {
    try {
      return await readFile(at(file));
    } catch (cause) {
      throw usageError(`Expected a file to merge at ${file}: ${(cause as Error).message}`, { file }, cause);
    }
  };
  const input = {
    path: options.path ?? ours,
    base: await read(base),
    ours: await read(ours),
    theirs: await read(theirs),
  };
  const { style, markerSize } = options;
  const merged = mergeFile(input, { style, markerSize });
  if (options.output !== undefined) {
    try {
      await writeFile(at(options.output), merged.bytes);
    } catch (cause) {
      throw usageError(
        `Cannot write to ${options.output}: ${(cause as Error).message}`,
        { file: options.output },
        cause,
      );
    }
  }
  if (options.json) context.stdout.write(`${JSON.stringify(asData(merged, options.output), null, 2)}\n`);
  else if (options.output === undefined) context.stdout.write(textOf(merged.bytes));
  else if (merged.kind === 'conflict') context.stderr.write(`${left(merged.conflicts.length)} in ${options.output}\n`);
  return merged.kind === 'clean' ? exitCode.done : exitCode.failed;
}

const left = (count: number) => (count === 1 ? '1 conflict' : `${count} conflicts`);

/** The result as one JSON document; the text only where it went nowhere else. */
function asData(merged: MergedFile, output: string | undefined): object {
  const text = output === undefined ? { text: textOf(merged.bytes) } : { output };
  if (merged.kind === 'clean') return { kind: merged.kind, by: merged.by, ...text };
  const decoder = new TextDecoder();
  const conflicts = merged.conflicts.map(({ line, base, ours, theirs }) => ({
    line,
    base: decoder.decode(base),
    ours: decoder.decode(ours),
    theirs: decoder.decode(theirs),
  }));
  return { kind: merged.kind, conflicts, ...(merged.doubt === undefined ? {} : { doubt: merged.doubt }), ...text };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw usageError('The merged file is not UTF-8 and cannot be printed: name a file with --output.', {}, cause);
  }
}
