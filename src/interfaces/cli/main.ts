#!/usr/bin/env node
/**
 * The command line: reads the person's words and the environment, has the swarm do the work, and tells how it went.
 *
 * It promises that a wrong word is refused before anything is loaded or touched, that results are on stdout and
 * everything else on stderr, that the exit code is one of `exit-code.ts`, that a closed pipe or terminal and every
 * polite signal end in a rollback and not in a crash, and that it never asks where there is no terminal.
 *
 * `environment.ts` is the one place of the product that reads the environment, the home folder, the clock and
 * randomness. `program.ts` names the commands; what each does is a module of `commands/` that is loaded when called.
 * `view/` shows a run while it goes on, `report/` says what came of it, `config/` holds the settings.
 */
import * as module from 'node:module';
import { join } from 'node:path';
import type { Swarm } from '../../swarm.ts';
import { type Folders, systemEnvironment, userFolders } from './environment.ts';
import { type ErrorReport, errorReport } from './error-report.ts';
import { loadSwarm } from './load-swarm.ts';
import { output } from './output.ts';
import { runProgram } from './program.ts';

declare const PYAGENT_VERSION: string | undefined;

const version = typeof PYAGENT_VERSION === 'string' ? PYAGENT_VERSION : '0.0.0-source';
const args = process.argv.slice(2);
const stdout = output(process.stdout);
const stderr = output(process.stderr);

async function main(): Promise<number> {
  const environment = systemEnvironment();
  let known: Folders | undefined;
  let swarm: Promise<Swarm> | undefined;
  const folders = () => {
    known ??= userFolders(environment);
    return known;
  };
  const context = {
    environment,
    folders,
    swarm: () => {
      // The compiled chunks are kept in the user's own cache: a folder in /tmp could be prepared by somebody else.
      if (environment.env.NODE_COMPILE_CACHE === undefined)
        module.enableCompileCache?.(join(folders().cache, 'compiled'));
      swarm ??= loadSwarm(environment, folders());
      return swarm;
    },
    stdout,
    stderr,
  };
  return runProgram(args, version, context);
}

async function failed(error: unknown): Promise<number> {
  const { lines, document, exitCode } = await withoutPrivate(errorReport(error));
  for (const line of lines) stderr.write(`pyagent: ${line}\n`);
  if (args.includes('--json')) stdout.write(`${JSON.stringify(document)}\n`);
  return exitCode;
}

/** An error may quote what a file or a program said. Without the addon there is nothing to redact with, and it has to be told. */
async function withoutPrivate(report: ErrorReport): Promise<ErrorReport> {
  try {
    const { redactor } = await import('../../redaction/index.ts');
    return redactor().redactJson(report);
  } catch {
    return report;
  }
}

const code = await main().catch(failed);
await Promise.all([stdout.flushed(), stderr.flushed()]);
// Nothing that was started may keep a finished command alive.
process.exit(code);
