import type { LandingWork } from '../landing/index.ts';
import type { ChangedFile, CheckReport } from './run-report.ts';

const LONGEST_TITLE = 72;
const MOST_EDITS = 200;

/** What a commit or a pull request says about a run: the task, each edit, what checked it, and the run. */
export function landingWords(report: {
  run: string;
  task: string;
  changes: readonly ChangedFile[];
  checks: readonly CheckReport[];
  unverified?: string;
}): Pick<LandingWork, 'title' | 'description'> {
  const { run, task, changes, checks, unverified } = report;
  const edits = changes.flatMap(({ path, titles }) =>
    titles.length === 0 ? [`- ${path}`] : titles.map((title) => `- ${path}: ${title}`),
  );
  const rest = edits.length - MOST_EDITS;
  const more = rest > 0 ? [`- and ${rest} more edits`] : [];
  const passed = checks.filter(({ after, inconclusive }) => after === 'passed' && !inconclusive);
  const checked = passed.length === 0 ? 'no new failure' : `passed ${passed.map(({ name }) => name).join(', ')}`;
  const judged = unverified === undefined ? `Checked in the working tree: ${checked}.` : `Not checked: ${unverified}.`;
  const lines = [...edits.slice(0, MOST_EDITS), ...more, '', judged, `Run: ${run}`];
  return { title: titleOf(task), description: `${lines.join('\n')}\n` };
}

function titleOf(task: string): string {
  const line = task.trim().split('\n')[0] ?? '';
  const characters = [...line];
  return characters.length <= LONGEST_TITLE ? line : `${characters.slice(0, LONGEST_TITLE - 1).join('')}…`;
}
