/**
 * The sandbox runs commands.
 *
 * It owns the life of a command: an argument array in, an outcome out. A command gets exactly the environment and
 * the input it is given and no terminal; it leads its own process group; when it ends, is cancelled or runs out of time, everything it
 * started ends too (descendants that left the group are found on Linux only, and only while they keep their environment).
 * Output is kept within a limit, head and tail.
 *
 * It never runs a shell on its own, never reads the environment itself, and never claims isolation that is not there:
 * `layers()` says what is active, and today that is neither the file system nor the network.
 *
 *     const run = commandRunner({ clock });
 *     const outcome = await run({ argv: ['npm', 'test'], cwd, env: userEnvironment(env, ownRoot), timeoutMs: 60_000 });
 */
export type {
  Command,
  CommandOutcome,
  CommandOutput,
  Environment,
  LimitedResource,
  RunCommand,
} from './command.ts';
export { type Isolation, type IsolationLayer, layers } from './layers.ts';
export { commandRunner, type RunnerOptions } from './run-command.ts';
export { shellCommand } from './shell-command.ts';
export { userEnvironment } from './user-environment.ts';
