import { relative, sep } from 'node:path';

/** `file` as the project names it: relative to `cwd` when inside, with forward slashes. */
export function relativeFile(file: string, cwd: string): string {
  const path = file.startsWith('file://') ? file.slice('file://'.length) : file;
  const inside = path.startsWith(cwd + sep) ? relative(cwd, path) : path;
  return inside.replaceAll('\\', '/').replace(/^\.\//, '');
}
