import type { WorkflowDefinition } from '../../factory/index.ts';
import type { Clock, EventEnvelope, RandomSource } from '../../kernel/index.ts';
import type { RunReport, RunRequest } from '../../run/index.ts';

export interface Plan {
  manifest: string;
  score: number;
  definition: WorkflowDefinition;
  text: string;
}

export type RunListener = (event: EventEnvelope) => void;

/** A run in the history. */
export interface RunSummary {
  run: string;
  task: string;
  outcome: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  durationMs?: number;
  changedFiles?: number;
  /** It was taken back since. */
  undone?: boolean;
}

/** What undo and redo did. */
export type HistoryOutcome =
  | { kind: 'undone' | 'redone'; run: string; paths: readonly string[] }
  | { kind: 'nothing'; message: string }
  | { kind: 'conflict'; run: string; paths: readonly string[]; message?: string }
  | { kind: 'busy'; message: string };

export interface AuditReport {
  checks: readonly { name: string; status: 'ok' | 'warning' | 'failed'; detail: string; advice?: string }[];
  exitCode: number;
}

export interface SwarmEnvironment {
  stateHome: string;
  configHome: string;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  random: RandomSource;
}

export interface Swarm {
  run(request: RunRequest, options: { signal: AbortSignal; onEvent: RunListener }): Promise<RunReport>;
  plan(request: RunRequest): Promise<Plan>;
  runs(root: string): Promise<readonly RunSummary[]>;
  show(root: string, run?: string): Promise<RunReport | undefined>;
  undo(root: string, run?: string, options?: { yes: boolean }): Promise<HistoryOutcome>;
  redo(root: string, run?: string): Promise<HistoryOutcome>;
  manifests(root?: string): Promise<readonly ManifestSummary[]>;
  manifest(name: string, root?: string): Promise<unknown>;
  validateManifest(path: string): Promise<{ kind: 'valid' } | { kind: 'invalid'; problems: readonly string[] }>;
  skills(): Promise<readonly SkillSummary[]>;
  audit(root?: string): Promise<AuditReport>;
}

export interface ManifestSummary {
  name: string;
  description: string;
}

export interface SkillSummary {
  name: string;
  description: string;
}
