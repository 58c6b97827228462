import type { Change } from '../code/index.ts';
import { PyAgentError, type Task } from '../kernel/index.ts';
import type { RepositoryServices } from '../skills/index.ts';
import type { ImportSorting } from '../sorting/index.ts';
import type { Analysis } from './analysis.ts';
import type { ChangeSet, Unit } from './change-set.ts';
import type { RunRequest } from './run-request.ts';

/** The services of one run, and what a dry run collected. */
export interface RunServices extends RepositoryServices {
  /** What a dry run would change. */
  proposals(): readonly Pick<Unit, 'path' | 'titles'>[];
  /** What a person should know that no finding says. */
  notes(): string[];
}

/** What {@link repositoryServices} works with. */
export interface RepositoryServicesOptions {
  analysis: Analysis;
  /** Absent in a dry run. */
  changes: ChangeSet | undefined;
  sorting: ImportSorting;
  request: RunRequest;
  /** What the agent may do: asked before each file is written. */
  permission(): Task['permission'];
  emit(kind: string, data: unknown): void;
}

/** What the built-in skills may do to the repository during a run. */
export function repositoryServices(options: RepositoryServicesOptions): RunServices {
  const { analysis, changes, request, emit } = options;
  const proposals = new Map<string, Pick<Unit, 'path' | 'titles'>>();
  const keptOrder = new Map<string, string>();
  const services: RunServices = {
    applyDependencies: request.applyDeps,
    analyze: () => analysis.current(),
    proposals: () => [...proposals.values()],
    apply: async (list) => {
      for (const { path } of list) mayWrite(options.permission(), path);
      if (changes === undefined) {
        for (const change of list) proposals.set(change.path, { path: change.path, titles: titlesOf(change) });
        return [];
      }
      const changed = await changes.apply(list);
      if (changed.length > 0) analysis.invalidate();
      const touched = new Set(changed);
      for (const change of list) {
        if (touched.has(change.path)) emit('change.applied', { path: change.path, titles: titlesOf(change) });
      }
      return changed;
    },
    sortImports: async (paths) => {
      if (paths.length === 0) return [];
      const { changes: list, kept } = await options.sorting.sort(paths);
      for (const path of paths) keptOrder.delete(path);
      for (const { path, reason } of kept) keptOrder.set(path, reason);
      return list.length === 0 ? [] : services.apply(list);
    },
    notes: () => orderNotes(keptOrder),
  };
  return services;
}

const MOST_NAMED = 5;

/** One note for each reason why imports were not sorted. */
function orderNotes(keptOrder: ReadonlyMap<string, string>): string[] {
  const reasons = Map.groupBy(keptOrder.keys(), (path) => keptOrder.get(path));
  return [...reasons].map(([reason, paths]) => {
    const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
    return `imports were left in their order in ${paths.slice(0, MOST_NAMED).join(', ')}${more}: ${reason}`;
  });
}

function titlesOf({ groups }: Change): string[] {
  return groups.map(({ title }) => title);
}

function mayWrite(permission: Task['permission'], path: string): void {
  const verdict = permission.allows({ kind: 'write', path });
  if (verdict.kind === 'allowed') return;
  throw new PyAgentError({ code: 'run/permission-denied', message: verdict.message, details: { path } });
}
