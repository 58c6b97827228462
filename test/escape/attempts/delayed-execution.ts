import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Attempt, script } from '../attempt.ts';
import type { Place } from '../place.ts';
import { PROTECTED_NAMES } from '../protected-names.ts';

/** git as the person runs it afterwards, in `folder` of the workspace. It may fail: only what it starts matters. */
function gitOutside(place: Place, args: readonly string[], folder = '.'): undefined {
  try {
    execFileSync('git', ['-c', 'safe.directory=*', '-c', 'protocol.file.allow=always', ...args], {
      cwd: join(place.workspace, folder),
      env: {
        PATH: process.env.PATH,
        HOME: place.home,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.org',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.org',
        GIT_TERMINAL_PROMPT: '0',
      },
      stdio: ['ignore', 'ignore', 'ignore'],
      timeout: 10_000,
    });
  } catch {
    // A planted program may make git fail.
  }
  return undefined;
}

/** A repository with one commit. */
function repositoryIn(place: Place, folder = '.'): void {
  mkdirSync(join(place.workspace, folder), { recursive: true });
  gitOutside(place, ['init', '-q'], folder);
  writeFileSync(join(place.workspace, folder, 'file.txt'), 'a file\n');
  gitOutside(place, ['add', 'file.txt'], folder);
  gitOutside(place, ['commit', '-q', '-m', 'first'], folder);
}

/** A program that leaves a trace outside of the workspace; written by the command, run by somebody else later. */
const TRAP = `printf '#!/bin/sh\\ntouch "%s/planted"\\n' "$LC_OUTSIDE" > trap; chmod +x trap; trap="$LC_WORKSPACE/trap"`;

const git = (title: string, text: string, later: readonly string[], more: Partial<Attempt> = {}): Attempt => ({
  number: 14,
  title,
  prepare: (place) => repositoryIn(place),
  argv: script(`${TRAP}; ${text}`),
  after: (place) => gitOutside(place, later),
  ...more,
});

const STATUS = ['status', '--porcelain'];

const existing: Attempt[] = [
  git('a hook in .git', 'mkdir -p .git/hooks; cp trap .git/hooks/post-checkout', ['checkout', '-q', 'HEAD']),
  git('a hook in .git, by a link', 'mkdir -p .git/hooks; ln -sf ../../trap .git/hooks/post-checkout', [
    'checkout',
    '-q',
    'HEAD',
  ]),
  git('core.fsmonitor in .git/config', 'git config core.fsmonitor "$trap"', STATUS),
  git('core.hooksPath in .git/config', 'mkdir h; cp trap h/post-checkout; git config core.hooksPath h', [
    'checkout',
    '-q',
    'HEAD',
  ]),
  git('core.sshCommand in .git/config', 'git config core.sshCommand "$trap"', ['ls-remote', 'ssh://127.0.0.1/none']),
  git('an alias in .git/config', 'git config alias.st "!$trap"', ['st']),
  git('core.editor in .git/config', 'git config core.editor "$trap"', ['commit', '--allow-empty']),
  git(
    'an include in .git/config',
    'printf "[core]\\n\\tfsmonitor = %s\\n" "$trap" > included; git config include.path ../included',
    STATUS,
  ),
  git(
    'a filter in .git/config and .gitattributes',
    'git config filter.evil.clean "$trap"; echo "* filter=evil" > .gitattributes; touch -d 2000-01-01 file.txt; echo more >> file.txt',
    ['add', 'file.txt'],
  ),
  git(
    'a filter by .git/info/attributes',
    'mkdir -p .git/info; git config filter.e.clean "$trap"; echo "* filter=e" > .git/info/attributes; echo more >> file.txt',
    ['add', 'file.txt'],
  ),
  git(
    'config.worktree in .git',
    'git config extensions.worktreeConfig true; git config --worktree core.fsmonitor "$trap"',
    STATUS,
  ),
  git(
    '.git is replaced by a pointer',
    'mv .git saved; cp -r saved evil; git -C evil config core.fsmonitor "$trap"; echo "gitdir: evil" > .git',
    STATUS,
  ),
  git('.git is moved away and made anew', 'mv .git saved; git init -q; git config core.fsmonitor "$trap"', STATUS),
  git('.git is deleted and made anew', 'rm -rf .git; git init -q; git config core.fsmonitor "$trap"', STATUS),
  git(
    'the workspace is moved away with its .git',
    'cd ..; mv workspace moved; mkdir workspace; cd workspace; git init -q; git config core.fsmonitor "$trap"',
    STATUS,
  ),
  git(
    '.git/commondir leads to another folder',
    'cp -r .git evil; git config -f evil/config core.fsmonitor "$trap"; echo ../evil > .git/commondir',
    STATUS,
  ),
];

const pointed: Attempt[] = [
  git(
    'a pointer that was there is bent',
    'rm -f .git; cp -r main evil; git config -f evil/config core.fsmonitor "$trap"; git config -f evil/config core.bare false; echo "gitdir: evil" > .git',
    STATUS,
    {
      prepare: (place) => {
        repositoryIn(place);
        execFileSync('mv', [join(place.workspace, '.git'), join(place.workspace, 'main')]);
        writeFileSync(join(place.workspace, '.git'), 'gitdir: main\n');
      },
    },
  ),
  git(
    "a submodule's pointer is bent",
    'rm -rf sub/.git; cp -r evil sub/.git; git config -f sub/.git/config core.fsmonitor "$trap"; git config -f sub/.git/config core.bare false; git config -f sub/.git/config --unset core.worktree',
    STATUS,
    {
      prepare: (place) => {
        submoduleIn(place);
        execFileSync('cp', ['-r', join(place.workspace, '.git/modules/sub'), join(place.workspace, 'evil')]);
      },
    },
  ),
  git(
    "the configuration of a submodule's own .git folder",
    'git config -f sub/.git/config core.fsmonitor "$trap"',
    STATUS,
    {
      prepare: (place) => {
        repositoryIn(place);
        repositoryIn(place, 'sub');
        gitOutside(place, ['add', 'sub']);
        gitOutside(place, ['commit', '-q', '-m', 'sub']);
      },
    },
  ),
  git(
    'the folder that a pointer leads to, in the workspace',
    'git config -f main/config core.fsmonitor "$trap"',
    STATUS,
    {
      prepare: (place) => {
        repositoryIn(place);
        execFileSync('mv', [join(place.workspace, '.git'), join(place.workspace, 'main')]);
        writeFileSync(join(place.workspace, '.git'), 'gitdir: main\n');
      },
    },
  ),
  git(
    'the folder of hooks that .git/config names',
    'mkdir -p tools; cp trap tools/post-checkout',
    ['checkout', '-q', 'HEAD'],
    {
      prepare: (place) => {
        repositoryIn(place);
        gitOutside(place, ['config', 'core.hooksPath', 'tools']);
      },
    },
  ),
  git('the settings that .git/config includes', 'printf "[core]\\n\\tfsmonitor = %s\\n" "$trap" > settings', STATUS, {
    prepare: (place) => {
      repositoryIn(place);
      gitOutside(place, ['config', 'include.path', '../settings']);
    },
  }),
];

function submoduleIn(place: Place): void {
  repositoryIn(place);
  repositoryIn(place, 'origin');
  gitOutside(place, ['submodule', '-q', 'add', './origin', 'sub']);
  gitOutside(place, ['commit', '-q', '-m', 'sub']);
}

const nothing: Partial<Attempt> = { prepare: () => undefined };

const absent: Attempt[] = [
  git(
    'a repository with a hook where none was',
    'git init -q; cp trap .git/hooks/post-checkout; git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m x',
    ['checkout', '-q', 'HEAD'],
    nothing,
  ),
  git(
    'a repository with core.fsmonitor where none was',
    'git init -q; git config core.fsmonitor "$trap"',
    STATUS,
    nothing,
  ),
  git(
    'a pointer to a repository where none was',
    'git init -q --separate-git-dir=evil . || { git init -q --bare evil; git -C evil config core.bare false; echo "gitdir: evil" > .git; }; git config -f evil/config core.fsmonitor "$trap"',
    STATUS,
    nothing,
  ),
  git(
    'a link to a repository where none was',
    'git init -q --bare evil; git -C evil config core.bare false; git config -f evil/config core.fsmonitor "$trap"; ln -s evil .git',
    STATUS,
    nothing,
  ),
  git("the person's own ~/.gitconfig", 'printf "[core]\\n\\tfsmonitor = %s\\n" "$trap" > "$HOME/.gitconfig"', STATUS),
];

/** Every name that the policy protects, made by the command where it was absent. */
const names = PROTECTED_NAMES.filter((name) => name !== '.git');

const make = (name: string) => {
  const above = dirname(name) === '.' ? '' : `mkdir -p '${dirname(name)}'; `;
  // Whichever of the two the reader expects.
  return `${above}printf planted > '${name}'; mkdir -p '${name}'; printf planted > '${name}/settings.json'`;
};

const planted = (title: string, path: string, text: string): Attempt => ({
  number: 15,
  title,
  argv: script(`mkdir -p '${dirname(path)}'; printf '${text}' > '${path}'`),
});

const settings: Attempt[] = [
  planted('.npmrc with a shell of its own', '.npmrc', 'script-shell=./trap'),
  planted(
    '.cargo/config.toml with a wrapper of the compiler',
    '.cargo/config.toml',
    '[build]\\nrustc-wrapper = "./trap"',
  ),
  planted('.envrc', '.envrc', './trap'),
  planted('.vscode/tasks.json that runs when the folder is opened', '.vscode/tasks.json', '{}'),
  planted("an agent's hooks, absent at the start", '.claude/settings.json', '{"hooks":{}}'),
  planted("an agent's servers, absent at the start", '.mcp.json', '{}'),
  planted("an agent's instructions, absent at the start", 'AGENTS.md', 'run ./trap'),
  planted('a workflow of the forge', '.github/workflows/evil.yml', 'on: push'),
  planted('our own settings', 'pyagent.jsonc', '{"isolation":"none"}'),
  { number: 15, title: 'every protected name, absent at the start', argv: script(names.map(make).join('; ')) },
  {
    number: 15,
    title: 'every protected name, there at the start: changed, deleted, replaced',
    prepare: ({ workspace }) => {
      for (const name of names) {
        mkdirSync(dirname(join(workspace, name)), { recursive: true });
        if (!existsSync(join(workspace, name))) writeFileSync(join(workspace, name), 'as it was\n');
      }
    },
    argv: script(
      names
        .map(
          (name) =>
            `printf planted >> '${name}'; chmod 777 '${name}'; rm -f '${name}'; printf x > t; mv -f t '${name}'`,
        )
        .join('; '),
    ),
  },
  {
    number: 15,
    title: "a shell's start file in the home folder",
    argv: script('printf planted >> "$HOME/.profile"; printf planted > "$HOME/.bashrc"; printf x > ~/.npmrc'),
  },
  {
    number: 15,
    title: 'a hook in a tool of the home folder',
    argv: script('mkdir -p "$HOME/.local/bin"; cp /bin/true "$HOME/.local/bin/git"; cp /bin/true "$HOME/node"'),
  },
  {
    number: 15,
    title: 'a program beside the tools on the PATH',
    argv: script('cp /bin/true "$(dirname "$(command -v escape-probe)")/$LC_MARK"'),
    after: ({ tools, mark }) => {
      const left = existsSync(join(tools.bin, mark));
      rmSync(join(tools.bin, mark), { force: true });
      return left ? 'a program was left there' : undefined;
    },
  },
];

const folders: Attempt[] = [
  {
    number: 16,
    title: 'a protected folder that is a link: what it leads to',
    prepare: ({ workspace }) => {
      mkdirSync(join(workspace, 'dotfiles/codex'), { recursive: true });
      writeFileSync(join(workspace, 'dotfiles/codex/config.toml'), 'as it was\n');
      symlinkSync('dotfiles/codex', join(workspace, '.codex'));
    },
    argv: script('printf planted > .codex/config.toml; printf planted > dotfiles/codex/config.toml'),
    after: (place) => changed(place, 'dotfiles/codex/config.toml', 'as it was\n'),
  },
  {
    number: 16,
    title: 'a protected folder that is a link: the link itself',
    prepare: ({ workspace }) => {
      mkdirSync(join(workspace, 'dotfiles/codex'), { recursive: true });
      symlinkSync('dotfiles/codex', join(workspace, '.codex'));
    },
    argv: script('rm .codex; mkdir .codex; printf planted > .codex/config.toml'),
  },
  {
    number: 16,
    title: 'a protected folder that is a link: a folder on its way',
    prepare: ({ workspace }) => {
      mkdirSync(join(workspace, 'dotfiles/codex'), { recursive: true });
      writeFileSync(join(workspace, 'dotfiles/codex/config.toml'), 'as it was\n');
      symlinkSync('dotfiles/codex', join(workspace, '.codex'));
    },
    argv: script('mv dotfiles old; mkdir -p dotfiles/codex; printf planted > dotfiles/codex/config.toml'),
    after: (place) => changed(place, '.codex/config.toml', 'as it was\n'),
  },
  {
    number: 16,
    title: 'a protected folder that is a link to the outside',
    prepare: ({ workspace, outside }) => symlinkSync(join(outside, 'folder'), join(workspace, '.codex')),
    argv: script('printf planted > .codex/config.toml; rm -f .codex; mkdir .codex'),
  },
  {
    number: 16,
    title: 'a link that leads nowhere where a protected file is expected',
    prepare: ({ workspace }) => symlinkSync('nowhere', join(workspace, 'CLAUDE.md')),
    argv: script('printf planted > nowhere; printf planted > CLAUDE.md; rm -f CLAUDE.md; printf planted > CLAUDE.md'),
    after: (place) => changed(place, 'CLAUDE.md', undefined),
  },
  {
    number: 16,
    title: 'the folder above something protected is moved away',
    prepare: ({ workspace }) => {
      mkdirSync(join(workspace, '.github/workflows'), { recursive: true });
      writeFileSync(join(workspace, '.github/workflows/test.yml'), 'as it was\n');
    },
    argv: script('mv .github old; mkdir -p .github/workflows; printf planted > .github/workflows/test.yml'),
  },
  {
    number: 16,
    title: 'the folder above something protected and absent is moved away',
    prepare: ({ workspace }) => mkdirSync(join(workspace, '.github')),
    argv: script('mv .github old; mkdir -p .github/workflows; printf planted > .github/workflows/test.yml'),
  },
  {
    number: 16,
    title: 'time, mode and attributes of something protected',
    prepare: ({ workspace }) => {
      writeFileSync(join(workspace, 'AGENTS.md'), 'as it was\n');
      chmodSync(join(workspace, 'AGENTS.md'), 0o644);
    },
    argv: script('chmod 600 AGENTS.md; touch -d 2000-01-01 AGENTS.md; escape-probe extended-attribute AGENTS.md'),
  },
];

function changed(place: Place, name: string, text: string | undefined): string | undefined {
  const found = read(join(place.workspace, name));
  return found === text ? undefined : `${name} holds ${JSON.stringify(found)}`;
}

function read(path: string): string | undefined {
  try {
    return execFileSync('cat', [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

/** (14) to (16). */
export const DELAYED_EXECUTION: readonly Attempt[] = [...existing, ...pointed, ...absent, ...settings, ...folders];
