import { samples } from './measure/statistics.ts';
import { historyCases } from './merge/history-cases.ts';
import { wrongMerge } from './merge/judge-merge.ts';
import { languageOf, type MergeCase } from './merge/merge-case.ts';
import {
  mergeByGit,
  mergeByMergiraf,
  mergeOurs,
  mergirafVersion,
  prepareMergiraf,
  type ToolMerge,
} from './merge/merge-tools.ts';
import { OutsideReader } from './merge/outside-reader.ts';
import type { Row, Target } from './row.ts';

/** What a tool did with all cases. */
interface Tally {
  clean: number;
  wrong: string[];
  times: number[];
}

/** Real histories merged by PyAgent, by git and by mergiraf, judged by parsers and counts of their own. */
export async function mergeRows(): Promise<Row[]> {
  return rowsOf('merge', await historyCases(), 'release lines of real packages', true);
}

/** The rows of some cases; `peers` asks for mergiraf too, which is built the first time. */
export async function rowsOf(group: string, cases: MergeCase[], on: string, peers: boolean): Promise<Row[]> {
  const missing = peers ? prepareMergiraf() : 'not asked';
  const tools = {
    PyAgent: mergeOurs,
    'git merge-file': mergeByGit,
    ...(missing === undefined ? { [`mergiraf ${mergirafVersion}`]: mergeByMergiraf } : {}),
  };
  const reader = new OutsideReader();
  const tallies = new Map(
    Object.keys(tools).map((name): [string, Tally] => [name, { clean: 0, wrong: [], times: [] }]),
  );
  const differs: string[] = [];
  const ahead = new Map<string, number>();
  try {
    for (const merge of cases) {
      const results = Object.entries(tools).map(([name, tool]): [string, ToolMerge] => [name, tool(merge)]);
      for (const [name, { clean, milliseconds }] of results) {
        const tally = tallies.get(name) as Tally;
        tally.times.push(milliseconds);
        if (clean === undefined) continue;
        tally.clean += 1;
        const wrong = await wrongMerge(reader, merge, clean);
        if (wrong !== undefined) tally.wrong.push(`${merge.name}: ${wrong}`);
      }
      const [ours, git] = results.map(([, result]) => result);
      if (git?.clean !== undefined && git.clean !== ours?.clean) differs.push(merge.name);
      const language = languageOf(merge.path) ?? '';
      if (git?.clean === undefined && ours?.clean !== undefined) ahead.set(language, (ahead.get(language) ?? 0) + 1);
    }
  } finally {
    reader.close();
  }
  return table({ group, on: `${cases.length} files of ${on}` }, tallies, differs, ahead, missing);
}

function table(
  where: Pick<Row, 'group' | 'on'>,
  tallies: Map<string, Tally>,
  differs: string[],
  ahead: Map<string, number>,
  missing: string | undefined,
): Row[] {
  const [ours, git] = [...tallies.values()] as [Tally, Tally];
  const others = (show: (tally: Tally) => string) => {
    const named = [...tallies].slice(1).map(([name, tally]) => `${name} ${show(tally)}`);
    return [...named, ...(missing === undefined || missing === 'not asked' ? [] : [`mergiraf: ${missing}`])].join(', ');
  };
  const middle = ({ times }: Tally) => `${samples(times).median.toFixed(2)} ms`;
  const target = (text: string, value: number, met: boolean): Target => ({ text, measured: `${value}`, met });
  const byLanguage = [...ahead].map(([language, count]) => `${language} ${count}`).join(', ');
  return [
    {
      ...where,
      what: 'three-way merge, clean',
      ours: `${ours.clean} (beyond git: ${byLanguage})`,
      peers: others((tally) => `${tally.clean}`),
      target: target('more than git', ours.clean - git.clean, ours.clean > git.clean),
    },
    {
      ...where,
      what: 'three-way merge, clean and wrong',
      ours: `${ours.wrong.length}`,
      peers: others((tally) => `${tally.wrong.length}`),
      target: target('none', ours.wrong.length, ours.wrong.length === 0),
      details: Object.fromEntries([...tallies].map(([name, tally]) => [name, tally.wrong])),
    },
    {
      ...where,
      what: "three-way merge, unlike git's clean result",
      ours: `${differs.length}`,
      peers: '',
      target: target('none', differs.length, differs.length === 0),
      details: { 'unlike git': differs },
    },
    { ...where, what: 'three-way merge, time per file', ours: middle(ours), peers: others(middle) },
  ];
}
