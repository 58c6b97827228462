import { constants } from 'node:fs';
import { access, link, lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Why no patch can be written to `file`; `undefined` when one can. */
export async function whyNoPatch(file: string): Promise<string | undefined> {
  const found = await lstat(file).catch(() => undefined);
  if (found !== undefined) return `${file} exists already; name another one with --patch-file`;
  const folder = dirname(file);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = gone ? 'there is no such folder' : 'that folder cannot be written to';
    return `the patch cannot be put into ${folder}: ${why}; name another file with --patch-file`;
  }
}

/**
 * Writes a patch, whole or not at all, and never over a file that came meanwhile. It is on the disk when this resolves.
 * Gives the reason when it could not be written.
 */
export async function writePatch(file: string, bytes: Uint8Array, scratch: string): Promise<string | undefined> {
  const draft = join(scratch, 'draft.patch');
  try {
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    await rm(draft, { force: true });
    await writeDurably(draft, bytes);
    await link(draft, file).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // Another file system, or one without links: the name is taken first and a patch that could not be ended goes.
      await writeDurably(file, bytes);
    });
    await flushFolder(dirname(file));
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' ? `${file} exists by now; name another one with --patch-file` : message;
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** A name is durable when its folder is flushed; Windows opens no folders. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
