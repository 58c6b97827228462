import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TEST_ONLY = new Set(['target', 'tests', 'fixtures', 'tests.rs']);

/**
 * SHA-256 over the names, lengths and bytes of all that the addon of this checkout is built from: Rust sources,
 * manifests and embedded data. `crates/node/build.rs` computes the same and puts it into the addon.
 */
export function sourceHash(root: string): string {
  const names = ['Cargo.toml', 'Cargo.lock', ...filesBelow(root, 'crates')];
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hash = createHash('sha256');
  for (const name of names) {
    const bytes = readFileSync(join(root, name));
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || TEST_ONLY.has(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}
