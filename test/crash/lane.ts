import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { tracedFrom } from './attach.ts';
import { OPENED } from './injection.ts';
import { openPlace, type Place, placeIn } from './place.ts';
import { carryOut, type Ending, type Links, makeRepository } from './scenario.ts';
import { RECORDING, type Traced, traced } from './strace.ts';
import { type TreePicture, treePicture } from './tree-picture.ts';

/** A prepared place and what it may look like after the scenario. */
export interface Prepared {
  ending: Ending;
  /** The state folder does not exist yet: the first run ever in this repository. */
  first: boolean;
  /**
   * Makes the place anew as it is before the scenario. It is made, not copied: the journal knows files with several
   * names by their inodes.
   */
  setUp(): Promise<void>;
  before: TreePicture;
  after: TreePicture;
}

/** What kind of starting point. */
export interface PrepareOptions {
  /** Default: false. */
  first?: boolean;
  /** Default: `all`. */
  links?: Links;
}

/** A folder in memory where tries are made, one at a time, always under the same names. */
export interface Lane {
  /** Where the process works. */
  place: Place;
  /** The bundled driver. */
  program: string;
  /** Makes the starting point of a scenario, and finds out what it comes to. */
  prepare(ending: Ending, options?: PrepareOptions): Promise<Prepared>;
  /** Runs the driver in the place as it stands, under strace; `late`: from when it has opened the place. */
  drive(ending: Ending, options: readonly string[], late?: boolean): Promise<Traced>;
  /** {@link Lane.drive}, recording everything. `salt`: for a process that follows another one in the same place. */
  record(ending: Ending, salt?: string): Promise<Traced>;
  remove(): void;
}

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Room that a lane needs, in bytes. */
const ROOM = 64 * 1024 * 1024;

/** Memory where there is some: what is tested is order, not the disk. */
function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > ROOM ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Opens a lane. The driver is bundled once for it, which makes each start four times as fast. */
export function openLane(): Lane {
  const folder = mkdtempSync(join(quickFolder(), 'pyagent-crash-'));
  const program = bundleDriver();
  const place = placeIn(join(folder, 'place'));
  const traceFile = join(folder, 'trace');
  const drive = (ending: Ending, options: readonly string[], late = false, salt = 'd') => {
    const command = [process.execPath, program.path, place.folder, ending, salt, ...(late ? ['wait'] : [])];
    const request = { command, options, traceFile };
    return late ? tracedFrom(OPENED, request) : traced(request);
  };
  return {
    place,
    program: program.path,
    drive,
    prepare: (ending, options) => prepare(place, ending, options),
    record: (ending, salt) => drive(ending, RECORDING, false, salt),
    remove: () => {
      program.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Inside the checkout, so that it finds the native addon. */
function bundleDriver(): { path: string; remove(): void } {
  const folder = mkdtempSync(join(checkout, 'dist', 'crash-'));
  const path = join(folder, 'driver.mjs');
  buildSync({
    absWorkingDir: checkout,
    entryPoints: ['test/crash/driver.ts'],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function prepare(
  place: Place,
  ending: Ending,
  { first = false, links = 'all' }: PrepareOptions = {},
): Promise<Prepared> {
  const step = async (salt: string, what?: Ending) => {
    const { workspace, close } = await openPlace(place, salt);
    await workspace.recover();
    if (what) await carryOut(workspace, what);
    await close();
  };
  const setUp = async () => {
    rmSync(place.folder, { recursive: true, force: true });
    mkdirSync(place.root, { recursive: true });
    makeRepository(place.root, links);
    if (!first) await step('opening');
    if (ending === 'undo' || ending === 'redo') await step('landing', 'commit');
    if (ending === 'redo') await step('undoing', 'undo');
  };
  await setUp();
  const before = treePicture(place.root);
  await step('finding', ending);
  return { ending, first, setUp, before, after: treePicture(place.root) };
}
