import type { Clock } from '../kernel/index.ts';
import { type ActiveLayer, type Environment, REQUIRED_LAYERS, sandbox } from '../sandbox/index.ts';

/** What came of running a command in a sandbox. */
export type SandboxTrial = { kind: 'ran'; layers: readonly ActiveLayer[] } | { kind: 'refused'; reason: string };

/** Runs `true` as the checks of the repository at `root` would be run. */
export async function trySandbox(options: {
  root: string;
  helper: string;
  env: Environment;
  home: string | undefined;
  user: { uid: number; gid: number } | undefined;
  clock: Clock;
}): Promise<SandboxTrial> {
  const { root, helper, env, home, user, clock } = options;
  const trial = sandbox({
    clock,
    helper,
    place: { workspace: root, access: { kind: 'read' }, env, home, user },
    limits: {},
    require: REQUIRED_LAYERS.namespaces,
  });
  const outcome = await trial.runCommand({
    argv: ['true'],
    cwd: root,
    env: { PATH: '/usr/bin:/bin' },
    timeoutMs: 20_000,
  });
  const layers = trial.layers();
  if (outcome.kind === 'exited' && outcome.code === 0 && layers !== undefined) return { kind: 'ran', layers };
  const reason = outcome.kind === 'refused' ? outcome.reason : `a command that does nothing ended as ${outcome.kind}`;
  return { kind: 'refused', reason };
}
