import { Command, CommanderError, Option } from 'commander';
import type { CommandContext } from './command-context.ts';
import { type Does, type Handler, help, json, repository, waiting } from './command-parts.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { addTools } from './tool-commands.ts';
import { usageError } from './usage-error.ts';

/**
 * Reads the command line and carries it out; the number is the exit code. Parsing, help and wrong usage need nothing
 * but this module: what a command does is loaded when it is called.
 */
export async function runProgram(args: readonly string[], version: string, context: CommandContext): Promise<number> {
  let code: number = exitCode.done;
  const does = (load: () => Promise<Handler>) => {
    return async (...input: unknown[]) => {
      // Commander adds the command itself as the last argument.
      const handler = (await load()) as unknown as (context: CommandContext, ...input: unknown[]) => Promise<number>;
      code = await handler(context, ...input.slice(0, -1));
    };
  };
  const program = describeProgram(version, does);
  configureOutput(program, context);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return endOf(error);
    throw error;
  }
}

function describeProgram(version: string, does: Does): Command {
  const program = new Command('pyagent')
    .description(
      'Improves a repository inside one transaction: checked by its own tools, undone exactly, no model needed.',
    )
    .enablePositionalOptions()
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help for a command')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText(
      'after',
      help(
        [
          'pyagent run --task "Analyze dependencies and optimize imports" --path ./shop',
          'pyagent undo',
          'pyagent help run',
        ],
        true,
      ),
    );
  addRun(program, does);
  addEdit(program, does);
  addHistory(program, does);
  addCatalogues(program, does);
  addMerge(program, does);
  addTools(program, does);
  addHouse(program, does);
  return program;
}

function addRun(program: Command, does: Does): void {
  const run = program
    .command('run')
    .summary('carry out a task: change, check, then land or roll back')
    .description(
      'Carries out a task inside one transaction. What its checks find broken is rolled back; all of it can be undone.',
    );
  taskOptions(repository(run))
    .option('--dry-run', 'show what would change and write nothing')
    .addOption(waiting())
    .option('--branch <name>', 'the new branch, with --land branch or pull-request')
    .option('--patch-file <file>', 'the new file, with --land patch')
    .option('--json', 'print the events as JSON lines')
    .addHelpText(
      'after',
      help(
        [
          'pyagent run --task "Analyze dependencies and optimize imports" --priority HIGHEST --path ./shop',
          'pyagent run --task "optimize imports" --dry-run',
          'pyagent run --task "optimize imports" --only src "tools/**/*.ts" --verify "npm run check"',
          'pyagent run --task "clean up dependencies" --apply-deps --strict --timeout 5m --json',
          'pyagent run --task "optimize imports" --land branch --branch tidy-imports',
        ],
        true,
      ),
    )
    .action(does(async () => (await import('./commands/run.ts')).runTask));
  const plan = program
    .command('plan')
    .summary('show the steps a task would take; change nothing')
    .description('Shows the workflow that a task would be carried out by, as a graph of steps. Changes nothing.');
  taskOptions(repository(plan))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      help(['pyagent plan --task "optimize imports"', 'pyagent plan --task "find import cycles" --json']),
    )
    .action(does(async () => (await import('./commands/plan.ts')).showPlan));
}

function addEdit(program: Command, does: Does): void {
  repository(program.command('edit').summary('apply edits: JSON, search/replace blocks or a unified diff'))
    .description(
      'Applies edits inside one transaction, all of them or none. An edit that does not fit exactly one place is refused, with the nearest place and what differs there.',
    )
    .option('-f, --file <file>', 'where the edits are; - is the standard input', '-')
    .option('--dry-run', 'show what would change and write nothing')
    .addOption(waiting())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      help([
        'pyagent edit --file edits.json',
        'pyagent edit --path ./shop --dry-run < change.patch',
        'pyagent help undo',
      ]),
    )
    .action(does(async () => (await import('./commands/edit.ts')).applyEdits));
}

function addHistory(program: Command, does: Does): void {
  const history = () => import('./commands/history.ts');
  const add = (spec: string, summary: string, about: string, argument?: string) => {
    const command = json(repository(program.command(spec).summary(summary).description(about)));
    const [target] = command.registeredArguments;
    if (target && argument) target.description = argument;
    return command;
  };
  const runs = add('runs', 'list the runs of this repository, newest first', LISTS)
    .option('--all', 'list every operation: what runs changed, undos and redos, each with its id')
    .addOption(new Option('--operations', 'the same as --all').hideHelp())
    .addHelpText('after', help(['pyagent runs', 'pyagent runs --all', 'pyagent runs --path ./shop --json']))
    .action(does(async () => (await history()).listRuns));
  addPrune(runs, does);
  add('show [run]', 'show the whole report of a run', SHOWS, 'a run; default: the newest')
    .option('--diff', 'print what the run changed, as one patch')
    .addHelpText('after', help(['pyagent show', 'pyagent show run_01k… --json', 'pyagent show --diff > run.patch']))
    .action(does(async () => (await history()).showRun));
  const which = 'a run, or the id of an undo or a redo; default: the newest that can be';
  const replay = (command: Command, examples: string[], load: () => Promise<Handler>) =>
    command
      .option('--only <files...>', 'only these files, folders and globs of the run')
      .option('--preview', 'show exactly what would happen, and change nothing')
      .addOption(waiting())
      .option('-y, --yes', 'answer every confirmation with yes')
      .addHelpText('after', help(examples, true))
      .action(does(load));
  replay(
    add('undo [run]', 'take a run back, byte for byte', UNDOES, which),
    ['pyagent undo', 'pyagent undo --preview', 'pyagent undo run_01k… --only src/a.ts', 'pyagent undo txn_01k…'],
    async () => (await history()).undoRun,
  );
  replay(
    add('redo [run]', 'bring an undone run back, byte for byte', REDOES, which),
    ['pyagent redo', 'pyagent redo run_01k… --only "src/**"', 'pyagent redo --preview --json'],
    async () => (await history()).redoRun,
  );
}

function addPrune(runs: Command, does: Does): void {
  // So that --path and --json behind `prune` are those of `prune`, not of `runs`.
  runs.enablePositionalOptions();
  json(repository(runs.command('prune').summary('remove what undo needs for old runs')))
    .description(PRUNES)
    .option('--older-than <age>', 'runs that were last landed, undone or redone longer ago: 12h, 30d, 8w')
    .option('--max-size <size>', 'the oldest runs, until what is kept is no larger: 500MB, 2GB')
    .option('--keep <n>', 'never the newest n runs; without another limit all others')
    .option('--dry-run', 'show what would go, and change nothing')
    .addOption(waiting())
    .addHelpText(
      'after',
      help(
        [
          'pyagent runs prune --dry-run',
          'pyagent runs prune --older-than 30d --keep 10',
          'pyagent runs prune --max-size 1GB --json',
        ],
        true,
      ),
    )
    .action(does(async () => (await import('./commands/prune.ts')).pruneRuns));
}

const PRUNES = [
  'Removes what undo needs for old runs, old conflict copies and old backups of the store.',
  'Reports stay; what is pruned can no longer be undone. Never goes: the newest run that is in the tree.',
  'Without limits, the settings history.maxAge and history.maxSize hold; each run goes by them at its end too.',
].join(' ');
const LISTS = 'Lists the runs of this repository, newest first, and how much of each is in the tree.';
const SHOWS = 'Shows the whole report of a run, and what has become of it since.';
const UNDOES = [
  'Takes a run back, whole or some of its files, all or nothing.',
  'What you edited since is kept: merged where that is clean; otherwise the undo is refused (5), and both versions are',
  'kept and named. An undo is an operation with an id of its own, and can be undone itself.',
].join(' ');
const REDOES =
  'Brings back what was undone, whole or some of its files, all or nothing. What you edited since is kept.';

function addCatalogues(program: Command, does: Does): void {
  const manifests = () => import('./commands/manifest.ts');
  const manifest = program
    .command('manifest')
    .description('the manifests: what each agent is for and what it may do')
    .addHelpText('after', help(['pyagent manifest list', 'pyagent help manifest validate']));
  json(repository(manifest.command('list')).description('List the manifests that can be used here.'))
    .addHelpText('after', help(['pyagent manifest list', 'pyagent manifest list --json']))
    .action(does(async () => (await manifests()).listManifests));
  json(repository(manifest.command('show <name>')).description('Print one manifest.'))
    .addHelpText('after', help(['pyagent manifest show imports']))
    .action(does(async () => (await manifests()).showManifest));
  json(manifest.command('validate <file>').description('Check a manifest of your own.'))
    .addHelpText('after', help(['pyagent manifest validate ./agents/reviewer.json']))
    .action(does(async () => (await manifests()).validateManifest));
  const skills = () => import('./commands/skill.ts');
  const skill = program
    .command('skill')
    .description('the skills: what an agent can do')
    .addHelpText('after', help(['pyagent skill list', 'pyagent help skill show']));
  json(skill.command('list').description('List the skills.'))
    .addHelpText('after', help(['pyagent skill list', 'pyagent skill list --json']))
    .action(does(async () => (await skills()).listSkills));
  json(skill.command('show <name>').description('Print one skill.'))
    .addHelpText('after', help(['pyagent skill show imports']))
    .action(does(async () => (await skills()).showSkill));
}

function addMerge(program: Command, does: Does): void {
  const merge = program
    .command('merge <base> <ours> <theirs>')
    .summary('merge three versions of a file by lines, then by syntax')
    .description(
      'Merges three versions of a file: by lines as git does and, where these conflict, by the syntax of TypeScript, ' +
        'JavaScript, Python, JSON, TOML or YAML. Exits with 0 when clean, with 1 when conflicts are left.',
    );
  json(merge)
    .option('--path <name>', 'the name that tells the language; default: <ours>')
    .addOption(new Option('--style <style>', 'of conflicts').choices(['merge', 'diff3', 'zdiff3']).default('merge'))
    .addOption(
      new Option('--marker-size <n>', 'characters of a conflict marker').default(7).argParser((text) => {
        if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
        throw usageError(`Expected --marker-size to be a number from 1 to 999, found "${text}".`);
      }),
    )
    .option('--output <file>', 'write the result here; default: print it')
    .addHelpText(
      'after',
      [
        help([
          'pyagent merge base.ts ours.ts theirs.ts',
          'pyagent merge base.json a.json b.json --output a.json --json',
        ]),
        '',
        'As a merge driver of git, in .gitattributes:',
        '  *.ts merge=pyagent',
        '  *.py merge=pyagent',
        'and once:',
        '  $ git config merge.pyagent.name "lines, then syntax"',
        '  $ git config merge.pyagent.driver \\',
        '      "pyagent merge %O %A %B --path %P --marker-size %L --output %A"',
      ].join('\n'),
    )
    .action(does(async () => (await import('./commands/merge.ts')).mergeThree));
}

function addHouse(program: Command, does: Does): void {
  json(taskSettings(repository(program.command('config'))).summary('show each setting and where it came from'))
    .description(
      'Shows each setting and where its value came from: flag, PYAGENT_* variable, pyagent.jsonc, your own file, default.',
    )
    .addHelpText('after', help(['pyagent config', 'PYAGENT_VERIFY=none pyagent config --json']))
    .action(does(async () => (await import('./commands/config.ts')).showConfig));
  json(repository(program.command('audit')).summary('check that PyAgent itself is healthy'))
    .description(
      'Checks the native addon, stores, kept contents, disk, permissions, model endpoint, sandbox layers and recovery.',
    )
    .option('--deep', 'read every kept content again and compare it with its name')
    .addHelpText('after', help(['pyagent audit', 'pyagent audit --deep', 'pyagent audit --json']))
    .action(does(async () => (await import('./commands/audit.ts')).audit));
}

function taskOptions(command: Command): Command {
  command.option('-t, --task <text>', 'what to do, in words, or the name of a manifest');
  return taskSettings(command);
}

function taskSettings(command: Command): Command {
  const off = (flag: string) => command.addOption(new Option(`--no-${flag}`).hideHelp());
  command
    .option('--priority <level>', 'CRITICAL (or HIGHEST), HIGH, NORMAL, LOW, BACKGROUND')
    .option('--verify <how>', 'auto, typecheck, test, none, or a command line')
    .option('--only <files...>', 'change only these files, folders and globs')
    .option('--apply-deps', 'also write changes of dependencies')
    .option('--unsafe', 'also remove imports whose target cannot be known')
    .option('--strict', 'exit with 6 when nothing could check the result')
    .option('-y, --yes', 'answer every confirmation with yes')
    .option('--land <how>', 'in-place, patch, branch, commit, pull-request')
    .option('--isolation <least>', 'of the checks: namespaces, landlock, none')
    .option('--timeout <duration>', 'roll back after this long: 30s, 5m, 1h30m, none');
  for (const flag of ['apply-deps', 'unsafe', 'strict', 'yes']) off(flag);
  return command;
}

function configureOutput(program: Command, { stdout, stderr }: CommandContext): void {
  const configure = (command: Command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns(),
      getErrHelpWidth: () => stderr.columns(),
      // Thrown on as a usage error, which main tells in words or as JSON.
      outputError: () => {},
    });
    for (const child of command.commands) configure(child);
  };
  configure(program);
}

/** Commander reports help and version as errors too; the help of a bare `pyagent` counts as wrong usage. */
function endOf(error: CommanderError): ExitCode {
  if (error.exitCode === 0) return exitCode.done;
  if (error.code === 'commander.help') return exitCode.usage;
  throw usageError(`${error.message.replace(/^error: /, '')}\nSee pyagent help, or pyagent help <command>.`);
}
