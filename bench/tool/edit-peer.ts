import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Applier } from '../../src/edits/testing/fuzz.ts';
import { installPeer } from './install-peer.ts';

/** Another agent's edit tool, called as its own agent calls it, on files in memory. */
export interface EditPeer {
  name: string;
  apply: Applier;
}

interface EditTool {
  execute(id: string, input: { path: string; edits: { oldText: string; newText: string }[] }): Promise<unknown>;
}

interface PiPackage {
  createEditTool(cwd: string, options: { operations: Record<string, unknown> }): EditTool;
}

/** The edit tool of pi; installed at its locked version when it is not there. */
export async function pi(): Promise<EditPeer> {
  const folder = await installPeer('edits');
  const root = join(folder, 'node_modules/@mariozechner/pi-coding-agent');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const { createEditTool } = (await import(pathToFileURL(join(root, 'dist/index.js')).href)) as PiPackage;
  return { name: `pi ${version}`, apply: (made) => applyWith(createEditTool, made) };
}

async function applyWith(make: PiPackage['createEditTool'], made: Parameters<Applier>[0]): ReturnType<Applier> {
  if (typeof made.edits === 'string') return undefined;
  const edits: { oldText: string; newText: string }[] = [];
  for (const edit of made.edits) {
    if (edit.kind !== 'replace') return undefined;
    edits.push({ oldText: edit.old, newText: edit.new });
  }
  let bytes = Buffer.from(made.before);
  const operations = {
    access: async () => undefined,
    readFile: async () => bytes,
    writeFile: async (_: string, content: string) => {
      bytes = Buffer.from(content, 'utf8');
    },
  };
  try {
    await make('/', { operations }).execute('edit', { path: '/file', edits });
    return bytes;
  } catch (error) {
    return (error as Error).message;
  }
}
