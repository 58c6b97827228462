import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { builtinManifests } from './builtin-manifests.ts';
import type { CatalogueEntry, ManifestOrigin } from './manifest.ts';
import { invalidManifest, type ManifestReading, readManifest } from './manifest-reader.ts';

/** Where manifests are looked for besides the built-in ones. A folder that does not exist holds none. */
export interface CatalogueFolders {
  /** The project's: `<root>/.pyagent/manifests`. Default: none. */
  project?: string;
  /** The person's own. Default: none. */
  user?: string;
}

/** The manifests that are at hand, by name. */
export interface Catalogue {
  /** In alphabetical order, one per name: the project's before the person's before the built-in. */
  entries: readonly CatalogueEntry[];
  /** Files that are no manifest. They are left out; whoever loads the catalogue says so. */
  broken: readonly (ManifestReading & { kind: 'invalid' })[];
}

/** A manifest file larger than this is refused unread. */
const MAX_BYTES = 1_000_000;

/** Loads the built-in manifests and every `*.json` of `folders`. */
export async function loadCatalogue(folders: CatalogueFolders = {}): Promise<Catalogue> {
  const byName = new Map<string, CatalogueEntry>();
  const broken: (ManifestReading & { kind: 'invalid' })[] = [];
  for (const manifest of builtinManifests) byName.set(manifest.name, { manifest, origin: { kind: 'builtin' } });
  for (const kind of ['user', 'project'] as const) {
    const folder = folders[kind];
    const { paths, unreadable } = folder === undefined ? NO_FOLDER : await manifestPaths(folder);
    if (unreadable !== undefined) broken.push(unreadable);
    const here = new Map<string, string>();
    for (const path of paths) {
      const reading = await readManifestFile(path);
      const taken = reading.kind === 'manifest' ? here.get(reading.manifest.name) : undefined;
      if (reading.kind === 'invalid') broken.push(reading);
      else if (taken !== undefined) broken.push(doubled(path, reading.manifest.name, taken));
      else {
        const origin: ManifestOrigin = { kind, path };
        byName.set(reading.manifest.name, { manifest: reading.manifest, origin });
        here.set(reading.manifest.name, path);
      }
    }
  }
  const entries = [...byName.values()].sort((left, right) => (left.manifest.name < right.manifest.name ? -1 : 1));
  return { entries, broken };
}

/** Reads the manifest file at `path`. A file that cannot be read is an invalid manifest with the reason. */
export async function readManifestFile(path: string): Promise<ManifestReading> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return unusable(path, `at most ${MAX_BYTES} bytes`, `${size} bytes`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return await readManifest(text, path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return unusable(path, 'UTF-8 text', 'other bytes');
    return unusable(path, 'a readable file', code);
  }
}

interface FolderReading {
  paths: string[];
  /** Set when something is there that cannot be listed. */
  unreadable?: ManifestReading & { kind: 'invalid' };
}

const NO_FOLDER: FolderReading = { paths: [] };

async function manifestPaths(folder: string): Promise<FolderReading> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    return { paths: names.map((name) => join(folder, name)) };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? NO_FOLDER : { paths: [], unreadable: unusable(folder, 'a readable folder', code) };
  }
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function unusable(path: string, expected: string, found: string): ManifestReading & { kind: 'invalid' } {
  return invalidManifest(path, [{ path: '$', expected, found }]);
}

function doubled(path: string, name: string, first: string): ManifestReading & { kind: 'invalid' } {
  const found = `${JSON.stringify(name)}, which ${first} has already`;
  return invalidManifest(path, [{ path: '$.name', expected: 'a name that no other manifest here has', found }]);
}
