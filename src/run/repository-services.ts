import type { Change } from '../code/index.ts';
import { PyAgentError, type Task } from '../kernel/index.ts';
import type { RepositoryServices } from '../skills/index.ts';
import type { Analysis } from './analysis.ts';
import type { ChangeSet, Unit } from './change-set.ts';
import type { RunRequest } from './run-request.ts';

/** The services of one run, and what a dry run collected. */
export interface RunServices extends RepositoryServices {
  /** What a dry run would change. */
  proposals(): readonly Pick<Unit, 'path' | 'titles'>[];
}

/** What {@link repositoryServices} works with. */
export interface RepositoryServicesOptions {
  analysis: Analysis;
  /** Absent in a dry run. */
  changes: ChangeSet | undefined;
  request: RunRequest;
  /** What the agent may do: asked before each file is written. */
  permission(): Task['permission'];
  emit(kind: string, data: unknown): void;
}

/** What the built-in skills may do to the repository during a run. */
export function repositoryServices(options: RepositoryServicesOptions): RunServices {
  const { analysis, changes, request, emit } = options;
  const proposals = new Map<string, Pick<Unit, 'path' | 'titles'>>();
  return {
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
  };
}

function titlesOf({ groups }: Change): string[] {
  return groups.map(({ title }) => title);
}

function mayWrite(permission: Task['permission'], path: string): void {
  const verdict = permission.allows({ kind: 'write', path });
  if (verdict.kind === 'allowed') return;
  throw new PyAgentError({ code: 'run/permission-denied', message: verdict.message, details: { path } });
}
