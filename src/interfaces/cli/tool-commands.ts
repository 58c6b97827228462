import { type Command, Option } from 'commander';
import { type Does, help, json, repository } from './command-parts.ts';

/** The commands that are of use without a task: running something in the sandbox, and redaction. */
export function addTools(program: Command, does: Does): void {
  addSandbox(program, does);
  addRedact(program, does);
}

function addSandbox(program: Command, does: Does): void {
  const commands = () => import('./commands/sandbox.ts');
  const sandbox = program
    .command('sandbox')
    .summary('run a command apart from the machine')
    .description('Runs commands apart from the machine: by a policy, without your files, your keys and the network.')
    .enablePositionalOptions()
    .addHelpText('after', help(['pyagent sandbox exec -- npm test', 'pyagent sandbox status']));
  repository(sandbox.command('exec <command...>').summary('run a command in the sandbox'))
    .description(
      'Runs a command in the sandbox. Its output passes through, and its exit code is that of the command. What did not ' +
        'run ends with 4 (refused), 126 (cannot be run) or 127 (not found); what went over a limit with 125.',
    )
    .passThroughOptions()
    .option('--policy <file>', 'what may run and be seen; default: the standard policy')
    .addOption(new Option('--discard', 'throw away what it writes').conflicts('readOnly'))
    .option('--read-only', 'let it write nowhere but in memory')
    .option('--isolation <least>', 'namespaces, landlock, none; default: what the policy says')
    .option('--timeout <duration>', 'end it after this long: 30s, 5m')
    .option('--report <file>', 'write how it went, and the active layers, as JSON')
    .addHelpText(
      'after',
      help([
        'pyagent sandbox exec -- npm test',
        'pyagent sandbox exec --discard -- cargo build',
        'pyagent sandbox exec --policy ci.jsonc --report report.json -- python -m pytest -q',
      ]),
    )
    .action(does(async () => (await commands()).execInSandbox));
  json(repository(sandbox.command('status').description('Show which layers are active here, as a command finds them.')))
    .addHelpText('after', help(['pyagent sandbox status', 'pyagent sandbox status --json']))
    .action(does(async () => (await commands()).sandboxStatus));
  sandbox
    .command('policy [file]')
    .description('Check a policy and print it with everything filled in. Without a file: the standard policy.')
    .addHelpText('after', help(['pyagent sandbox policy', 'pyagent sandbox policy ci.jsonc']))
    .action(does(async () => (await commands()).showPolicy));
}

function addRedact(program: Command, does: Does): void {
  program
    .command('redact [files...]')
    .summary('take secrets and personal data out of a text')
    .description(
      'Copies files, or the standard input, without secrets and personal data: [REDACTED:kind] stands in their place. ' +
        'With --check it only tells where they are, and ends with 1 when there are any. A pipe comes out in blocks of 256 KiB.',
    )
    .addOption(
      new Option(
        '--check',
        'print file:line: kind (rule) of each, never the text itself; 1 when there are any',
      ).conflicts(['output', 'conceal', 'restore']),
    )
    .addOption(new Option('--json', 'the same as one JSON document').conflicts(['output', 'conceal', 'restore']))
    .option('--rules <file>', "more rules, in gitleaks' TOML format")
    .option('--kinds <kinds>', 'only these, with commas: email, phone, ip, card, iban, ssn, secret, token, …', commas)
    .option('--allow <text>', 'a text that is not private; can be given again', again)
    .option('--output <file>', 'a new file for the result; default: the standard output')
    .addOption(new Option('--conceal <map>', 'put tokens in their place, and keep what they stand for in this file'))
    .addOption(new Option('--restore <map>', 'put back what the tokens stand for').conflicts('conceal'))
    .addHelpText(
      'after',
      help([
        'npm test 2>&1 | pyagent redact',
        'pyagent redact --check src/config.ts .env',
        'pyagent redact --conceal map.json question.txt > sent.txt',
        'pyagent redact --restore map.json answer.txt',
      ]),
    )
    .action(does(async () => (await import('./commands/redact.ts')).redact));
}

const commas = (text: string): string[] => text.split(',').map((part) => part.trim());

const again = (text: string, before: readonly string[] = []): string[] => [...before, text];
