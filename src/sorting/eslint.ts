import { failure, type ImportSorter, type Sorted, type ToolRun } from './import-sorter.ts';
import { readJson } from './read-json.ts';

const CONFIGURATIONS = [
  ...['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((ending) => `eslint.config.${ending}`),
  ...['', '.js', '.cjs', '.mjs', '.json', '.yml', '.yaml'].map((ending) => `.eslintrc${ending}`),
];
/** The rules that sort. Other fixes are never taken. */
const SORTING =
  /^(?:simple-import-sort\/(?:im|ex)ports|import(?:-x)?\/order|perfectionist\/sort-(?:named-)?(?:im|ex)ports|sort-imports)$/;
/** Those rules, or a shared configuration that has one of them. */
const MENTION = /airbnb|simple-import-sort|import(?:-x)?\/order|perfectionist|sort-imports/;
/** As often as ESLint itself fixes and looks again. */
const ROUNDS = 10;

interface Message {
  ruleId: string | null;
  fix?: { range: [number, number]; text: string };
}

/** ESLint, by the fixes of its sorting rules alone. */
export const eslint: ImportSorter = {
  name: 'ESLint',
  language: 'javascript',
  program: 'eslint',
  // A configuration without such a rule may stand below one that has it.
  setting: async (read) => {
    for (const name of CONFIGURATIONS) {
      const text = await read(name);
      if (text !== undefined && MENTION.test(text)) return 'sorts';
    }
    const own = readJson((await read('package.json')) ?? '{}') as { eslintConfig?: unknown } | undefined;
    return MENTION.test(JSON.stringify(own?.eslintConfig ?? '')) ? 'sorts' : undefined;
  },
  sort: async (text, path, run) => {
    let current: Sorted = { kind: 'sorted', text };
    for (let round = 0; round < ROUNDS; round += 1) {
      const next = await once(current.text, path, run);
      if (next.kind === 'failed' || next.text === current.text) return next;
      current = next;
    }
    return { kind: 'failed', reason: `the fixes of ESLint do not come to an end` };
  },
};

async function once(text: string, path: string, run: ToolRun): Promise<Sorted> {
  const outcome = await run(['--stdin', `--stdin-filename=${path}`, '--format=json'], text);
  const reason = failure('ESLint', outcome, [0, 1]);
  if (reason !== undefined || outcome.kind !== 'exited') return { kind: 'failed', reason: reason ?? outcome.kind };
  const [result] = (readJson(outcome.stdout) as { messages?: Message[] }[] | undefined) ?? [];
  if (result?.messages === undefined) return { kind: 'failed', reason: 'the output of ESLint is not its JSON' };
  const fixes = result.messages.flatMap(({ ruleId, fix }) => (fix && SORTING.test(ruleId ?? '') ? [fix] : []));
  return { kind: 'sorted', text: fixed(text, fixes) };
}

/** Applies what does not overlap. The offsets leave out a byte order mark. */
function fixed(text: string, fixes: readonly NonNullable<Message['fix']>[]): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  let result = mark;
  let position = 0;
  for (const { range, text: replacement } of fixes.toSorted((a, b) => a.range[0] - b.range[0])) {
    if (range[0] < position) continue;
    result += body.slice(position, range[0]) + replacement;
    position = range[1];
  }
  return result + body.slice(position);
}
