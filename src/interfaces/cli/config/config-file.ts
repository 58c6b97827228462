import { constants, open } from 'node:fs/promises';
import { type JsonObject, type JsonValue, nearestWord, readJsonText } from '../../../kernel/index.ts';
import { usageError } from '../usage-error.ts';
import { SETTING_NAMES, SETTINGS, type Settings } from './settings.ts';

const LARGEST = 1_000_000;

/** The values of one settings file, checked; `undefined` when there is no such file. Refuses with code 2. */
export async function readConfigFile(path: string, by: 'project' | 'user'): Promise<Partial<Settings> | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  const reading = await readJsonText(text);
  if (reading.kind === 'malformed') {
    const { line, column, found } = reading;
    throw usageError(`${path}:${line}:${column} is not valid JSON: found ${found}. Correct it, or remove the file.`, {
      path,
      line,
      column,
    });
  }
  return checked(reading.value, path, by);
}

function checked(document: JsonValue, path: string, by: 'project' | 'user'): Partial<Settings> {
  if (document === null || typeof document !== 'object' || Array.isArray(document)) {
    throw usageError(`${path} expects an object with settings, found ${JSON.stringify(document)}.`, { path });
  }
  const values: Partial<Record<keyof Settings, unknown>> = {};
  for (const [key, value] of Object.entries(document as JsonObject)) {
    if (key === '$schema' || value === undefined) continue;
    const name = SETTING_NAMES.find((known) => known === key);
    if (name === undefined) throw unknownKey(key, path);
    const { kind, notByProject } = SETTINGS[name];
    if (by === 'project' && notByProject !== undefined) {
      throw usageError(`${path}: "${key}" cannot be set here: ${notByProject}. Set it in your own file.`, {
        path,
        key,
      });
    }
    values[name] = kind.fromJson(value, `${path}: "${key}"`);
  }
  return values as Partial<Settings>;
}

function unknownKey(key: string, path: string): Error {
  const meant = nearestWord(key, SETTING_NAMES);
  const advice = meant === undefined ? `Known: ${SETTING_NAMES.join(', ')}.` : `Did you mean "${meant}"?`;
  return usageError(`${path}: unknown setting "${key}". ${advice}`, {
    path,
    key,
    ...(meant === undefined ? {} : { meant }),
  });
}

async function readText(path: string): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK a named pipe of this name would hold us up for ever.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await file.stat();
      if (!found.isFile()) throw usageError(`${path} is not a file. Remove it, or put the settings there.`, { path });
      if (found.size > LARGEST) throw usageError(`${path} is larger than 1 MB; settings never are.`, { path });
      return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof TypeError) throw usageError(`${path} is not UTF-8 text. Save it as UTF-8.`, { path }, error);
    if (code === 'EACCES' || code === 'EPERM')
      throw usageError(`${path} cannot be read (permission denied).`, { path }, error);
    if (code === 'ELOOP') throw usageError(`${path} is a symbolic link that leads back to itself.`, { path }, error);
    throw error;
  }
}
