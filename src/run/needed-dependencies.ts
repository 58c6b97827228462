import type { Report } from '../code/index.ts';
import type { Unit } from './change-set.ts';
import type { CheckedOutcome } from './project-checks.ts';
import type { RejectedChange } from './run-report.ts';

type Partly = Extract<CheckedOutcome, { kind: 'partly' }>;

/**
 * After a bisection: an import that was put back may need a dependency whose removal was kept, and no check notices,
 * because the package is still installed. Such removals are taken back as well; `report` is of the tree with the kept
 * units alone.
 */
export function withNeededDependencies(partly: Partly, report: Pick<Report, 'dependencies'>): Partly {
  const missing = report.dependencies.filter(({ kind }) => kind === 'unlisted');
  const isNeeded = (unit: Unit) =>
    missing.some(({ path, name }) => path === unit.path && unit.titles.some((title) => title.includes(`"${name}"`)));
  const needed = partly.kept.filter(isNeeded);
  if (needed.length === 0) return partly;
  const rejected: RejectedChange[] = needed.map(({ path, titles }) => ({
    path,
    titles,
    reason: 'an import that was put back needs it',
  }));
  return {
    ...partly,
    kept: partly.kept.filter((unit) => !isNeeded(unit)),
    rejected: [...partly.rejected, ...rejected],
  };
}
