import schema from '../../schemas/edit.v1.json' with { type: 'json' };
import { describeProblem, type JsonSchema, readJsonText, validate } from '../kernel/index.ts';
import type { Edit, FileEdit } from './edit.ts';
import { type ParsedText, parseBlocks } from './parse-blocks.ts';
import { parsePatch } from './parse-patch.ts';

/** The edits of one file, in the order in which they were given. */
export interface FileEdits {
  path: string;
  edits: FileEdit[];
}

/** What reading edits gives; `message` says where the text is wrong and how it should be. */
export type EditsReading = { kind: 'edits'; files: FileEdits[] } | { kind: 'malformed'; message: string };

/** Reads edits in any of the formats: JSON by `schemas/edit.v1.json`, search/replace blocks, or a unified diff. */
export async function readEdits(text: string): Promise<EditsReading> {
  const body = unfencedJson(text);
  if (body !== undefined) return readJson(body);
  const blocks = /^<{5,9} ?SEARCH/m.test(text);
  const patch = /^@@/m.test(text) || /^(--- |diff --git )/m.test(text);
  if (blocks) return byFile(parseBlocks(text));
  if (patch) return byFile(parsePatch(text));
  return {
    kind: 'malformed',
    message:
      'Expected edits as JSON (an object with the key edits, see schemas/edit.v1.json), as blocks <<<<<<< SEARCH … ======= … >>>>>>> REPLACE, or as a unified diff; found none of them.',
  };
}

function unfencedJson(text: string): string | undefined {
  const trimmed = text.trim();
  const inside = /^```(?:json)?\s*\n([\s\S]*)\n```$/.exec(trimmed)?.[1] ?? trimmed;
  return inside.trimStart().startsWith('{') ? inside : undefined;
}

async function readJson(text: string): Promise<EditsReading> {
  const json = await readJsonText(text);
  if (json.kind === 'malformed') {
    return {
      kind: 'malformed',
      message: `Expected JSON, found ${json.found} at line ${json.line}, column ${json.column}.`,
    };
  }
  const form = await validate<{ edits: Edit[] }>(schema as JsonSchema, json.value);
  if (form.kind === 'invalid')
    return {
      kind: 'malformed',
      message: `The edits do not fit their schema: ${form.problems.map(describeProblem).join('; ')}.`,
    };
  const edits: FileEdit[] = [];
  for (const edit of form.value.edits) {
    if (edit.kind !== 'patch' && edit.kind !== 'search-replace') {
      edits.push(edit);
      continue;
    }
    const parsed = edit.kind === 'patch' ? parsePatch(edit.patch) : parseBlocks(edit.text, edit.path);
    if (parsed.kind === 'malformed') return parsed;
    edits.push(...parsed.edits);
  }
  return byFile({ kind: 'parsed', edits });
}

function byFile(parsed: ParsedText<FileEdit>): EditsReading {
  if (parsed.kind === 'malformed') return parsed;
  const files = new Map<string, FileEdit[]>();
  for (const edit of parsed.edits) {
    const path = plainPath(edit.path);
    if (path === undefined) {
      const message = `Expected a path inside the repository, relative to its root, found ${JSON.stringify(edit.path)}.`;
      return { kind: 'malformed', message };
    }
    files.set(path, [...(files.get(path) ?? []), { ...edit, path }]);
  }
  return { kind: 'edits', files: [...files].map(([path, edits]) => ({ path, edits })) };
}

function plainPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '.');
  const wrong = path.startsWith('/') || path.includes('\0') || parts.some((part) => part === '..' || part === '');
  return wrong || parts.length === 0 ? undefined : parts.join('/');
}
