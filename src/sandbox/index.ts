/**
 * The sandbox runs commands.
 *
 * It owns the life of a command: an argument array in, an outcome out. A command gets exactly the environment and
 * the input it is given and no terminal; when it ends, is cancelled, runs out of time or uses more than it may,
 * everything it started ends too. Output is kept within a limit, head and tail; a listener that is slow makes the command wait.
 *
 * There are two ways to run one. {@link sandbox} keeps it apart from the machine: a helper process gives it namespaces, a
 * read-only system, the workspace and nothing else of the user's, no network, and limits; the helper says which layers
 * are active, and when one that is asked for is missing, or the helper dies, nothing runs. {@link commandRunner} runs it
 * as the user would, for the user's own git and for those who said that they want no isolation.
 *
 * It never runs a shell on its own, never reads the environment itself, and never claims isolation that is not there.
 *
 *     const { runCommand } = sandbox({ clock, helper, place: { workspace, access: { kind: 'read' }, env }, … });
 *     const outcome = await runCommand({ argv: ['npm', 'test'], cwd, env, timeoutMs: 60_000 });
 */
export type {
  Command,
  CommandOutcome,
  CommandOutput,
  Environment,
  LimitedResource,
  RunCommand,
} from './command.ts';
export {
  type EgressDecision,
  type EgressProxy,
  type EgressProxyOptions,
  proxyEnvironment,
  startEgressProxy,
} from './egress/egress-proxy.ts';
export { type Executed, type Execution, execute } from './execution.ts';
export { ISOLATION_LEVELS, type IsolationLevel, REQUIRED_LAYERS } from './isolation/isolation-level.ts';
export { isolationStatement } from './isolation/isolation-statement.ts';
export { type OverlayLayer, overlayLayer } from './isolation/overlay-layer.ts';
export { type Sandbox, type SandboxOptions, sandbox } from './isolation/sandbox.ts';
export type { SandboxPlace, WorkspaceAccess } from './isolation/sandbox-place.ts';
export type { ActiveLayer, LayerName, SandboxLimits, SandboxNetwork } from './isolation/sandbox-spec.ts';
export { surroundings } from './isolation/surroundings.ts';
export { type DecideOptions, decide, type Verdict } from './policy/decide.ts';
export { filterEnvironment } from './policy/filter-environment.ts';
export { type PolicyReading, readPolicy, readPolicyFile } from './policy/read-policy.ts';
export type { CommandRule, PolicyLimits, SandboxPolicy } from './policy/sandbox-policy.ts';
export { STANDARD_POLICY } from './policy/standard-policy.ts';
export { commandRunner, type RunnerOptions } from './run-command.ts';
export { shellCommand } from './shell-command.ts';
export { userEnvironment } from './user-environment.ts';
