import type { Environment, RunCommand } from '../../sandbox/index.ts';
import type { VerifyMode } from '../check.ts';

/** Where to look, and what for. */
export interface DetectOptions {
  /** The root of the project; absolute. */
  root: string;
  mode: VerifyMode;
  /** The user's environment: programs are looked up on its PATH. */
  env: Environment;
  platform: NodeJS.Platform;
  /** Asks an interpreter what it can import. */
  runCommand: RunCommand;
  /** A folder outside the repository for the caches of compilers. Default: they are told to keep none where they can be. */
  scratch?: string | undefined;
  signal?: AbortSignal | undefined;
}
