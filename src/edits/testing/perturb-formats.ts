import { lineHash } from '../match-anchors.ts';
import { bytesOf, resultOf, text } from './fuzz-case.ts';
import { distorted, keptOf, type Perturbation } from './perturb-kept.ts';
import type { RealEdit } from './real-edit.ts';

/** The edit as a search/replace block. */
function block({ old, new: wanted }: Pick<RealEdit, 'old' | 'new'>): string {
  return `<<<<<<< SEARCH\n${text(old)}=======\n${text(wanted)}>>>>>>> REPLACE\n`;
}

const marked = (edit: RealEdit) => /^([<>=]{5,9}|```|~~~)/m.test(text([...edit.old, ...edit.new]));

/** The lines of a hunk: what both texts share, what is removed, what is added. */
function hunkLines(edit: RealEdit): string[] {
  const kept = keptOf(edit);
  const lines: string[] = [];
  let at = 0;
  for (const [index, line] of edit.new.entries()) {
    const same = kept.get(index);
    if (same === undefined) {
      while (edit.gone.has(at)) lines.push(`-${edit.old[at++]}`);
      lines.push(`+${line}`);
      continue;
    }
    while (at < same) lines.push(`-${edit.old[at++]}`);
    lines.push(` ${line}`);
    at = same + 1;
  }
  while (at < edit.old.length) lines.push(`-${edit.old[at++]}`);
  return lines;
}

interface PatchForm {
  header: (from: number, old: number, wanted: number) => string;
  body?: (line: string) => string;
}

function patch(edit: RealEdit, name: string, { header, body = (line) => line }: PatchForm): string {
  const lines = hunkLines(edit).map(body);
  return `--- a/${name}\n+++ b/${name}\n${header(edit.from + 1, edit.old.length, edit.new.length)}\n${text(lines)}`;
}

const headerLike = (edit: RealEdit) => /^(-- |\+\+ |@@)/m.test(text([...edit.old, ...edit.new]));
const trueHeader = (from: number, old: number, wanted: number) => `@@ -${from},${old} +${from},${wanted} @@`;

/** A relative name for the file, with its real extension. */
const named = (edit: RealEdit): RealEdit => ({ ...edit, path: `src/file${/\.\w+$/.exec(edit.path)?.[0] ?? ''}` });

function asText(edit: RealEdit, made: string) {
  return { ...distorted(edit, {}), path: edit.path, edits: made };
}

/** The other formats, as models write them. */
export const formats: Readonly<Record<string, Perturbation>> = {
  'block, fenced': (given) => {
    const edit = named(given);
    return marked(edit)
      ? undefined
      : asText(edit, `Here is the change:\n\n${edit.path}\n\`\`\`\n${block(edit)}\`\`\`\n`);
  },
  'block, path in bold, CRLF': (given) => {
    const edit = named(given);
    return marked(edit) ? undefined : asText(edit, `**${edit.path}**\n${block(edit)}`.replaceAll('\n', '\r\n'));
  },
  'block with two dividers': (given) => {
    const edit = named(given);
    const made = `${edit.path}\n${block({ ...edit, new: ['=======', ...edit.new] })}`;
    return marked(edit) ? undefined : { ...asText(edit, made), expected: 'refuse' };
  },
  'block, near miss': (given) => {
    const edit = named(given);
    if (marked(edit)) return undefined;
    return {
      ...asText(edit, `${edit.path}\n${block({ ...edit, old: edit.old.map((line) => `${line}x`) })}`),
      expected: 'refuse',
    };
  },
  'patch, true': (given) => {
    const edit = named(given);
    return headerLike(edit) ? undefined : asText(edit, patch(edit, edit.path, { header: trueHeader }));
  },
  'patch, wrong counts': (given, random) => {
    const edit = named(given);
    const header = (from: number, old: number, wanted: number) =>
      `@@ -${from},${old + 1 + random.below(3)} +${from},${Math.max(0, wanted - 1)} @@`;
    return headerLike(edit) ? undefined : asText(edit, `\`\`\`diff\n${patch(edit, edit.path, { header })}\`\`\`\n`);
  },
  'patch, wrong line': (given, random) => {
    const edit = named(given);
    const header = (from: number, old: number, wanted: number) =>
      trueHeader(Math.max(1, from + random.below(60) - 30), old, wanted);
    return headerLike(edit) ? undefined : asText(edit, patch(edit, edit.path, { header }));
  },
  'patch, no line, empty context': (given) => {
    const edit = named(given);
    const header = () => '@@ ... @@';
    return headerLike(edit)
      ? undefined
      : asText(edit, patch(edit, edit.path, { header, body: (line) => (line === ' ' ? '' : line) }));
  },
  'patch, the place is there twice': (given, random) => {
    const edit = named(given);
    if (headerLike(edit)) return undefined;
    const lines = [...edit.lines, ...edit.old];
    const line = edit.from + 2 + random.below(3);
    // The exact place of the copy would name it.
    if (line === edit.lines.length + 1) return undefined;
    const header = (_: number, old: number, wanted: number) => trueHeader(line, old, wanted);
    return { ...asText(edit, patch(edit, edit.path, { header })), before: bytesOf({ lines }), expected: 'refuse' };
  },
  'patch, near miss': (given) => {
    const edit = named(given);
    if (headerLike(edit)) return undefined;
    const wrong = patch(edit, edit.path, {
      header: trueHeader,
      body: (line) => (line.startsWith('+') ? line : `${line}x`),
    });
    return { ...asText(edit, wrong), expected: 'refuse' };
  },
  'lines by hash': (edit) => ({ ...distorted(edit, {}), edits: [byHash(edit, edit.from + 1)] }),
  'lines by text': (edit) => {
    const { hashes: _, ...rest } = byHash(edit, edit.from + 1);
    return { ...distorted(edit, {}), edits: [{ ...rest, old: text(edit.old) }] };
  },
  'lines that moved': (edit, random) => {
    const above = Array.from({ length: 1 + random.below(5) }, (_, index) => `moved down ${index}`);
    const lines = [...above, ...edit.lines];
    const after = bytesOf({ lines: resultOf({ ...edit, lines, from: edit.from + above.length }, edit.new) });
    return { ...distorted(edit, {}), before: bytesOf({ lines }), edits: [byHash(edit, edit.from + 1)], after };
  },
  'lines that moved and are there twice': (edit) => {
    const lines = ['moved down', ...edit.lines, ...edit.old];
    return {
      ...distorted(edit, {}),
      before: bytesOf({ lines }),
      edits: [byHash(edit, edit.from + 1)],
      expected: 'refuse',
    };
  },
  'lines that changed': (edit, random) => {
    const changed = edit.from + random.below(edit.old.length);
    const lines = edit.lines.map((line, index) => (index === changed ? `${line} ` : line));
    return {
      ...distorted(edit, {}),
      before: bytesOf({ lines }),
      edits: [byHash(edit, edit.from + 1)],
      expected: 'refuse',
    };
  },
};

function byHash(edit: RealEdit, start: number) {
  const end = start + edit.old.length - 1;
  return { kind: 'lines' as const, path: edit.path, start, end, hashes: edit.old.map(lineHash), new: text(edit.new) };
}
