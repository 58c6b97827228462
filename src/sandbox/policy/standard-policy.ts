import type { SandboxPolicy } from './sandbox-policy.ts';
import { STANDARD_RULES } from './standard-rules.ts';

const GIB = 1024 ** 3;

const folder = (path: string) => ({ path, as: 'folder' as const });
const file = (path: string) => ({ path, as: 'file' as const });
const nothing = (path: string) => ({ path, as: 'nothing' as const });

/**
 * What stands in a repository and later runs something outside of the sandbox, or tells an agent or an editor what to do.
 * A name that is not there yet is taken by an empty folder where its readers can live with one; otherwise by an empty file.
 * Where even that would mean something, only what is there is protected.
 */
const PROTECTED = [
  ...['.git', '.husky', '.githooks', '.vscode', '.idea', '.devcontainer', '.zed', '.cursor', '.claude'],
  ...[
    '.codex',
    '.gemini',
    '.agents',
    '.pyagent',
    '.windsurf',
    '.continue',
    '.roo',
    '.kilocode',
    '.kiro',
    '.amazonq',
    '.junie',
  ],
  ...[
    '.aider.conf.yml',
    '.cursorrules',
    '.windsurfrules',
    '.clinerules',
    '.roomodes',
    '.mcp.json',
    'AGENTS.md',
    'AGENT.md',
  ],
  ...[
    'CLAUDE.md',
    'CLAUDE.local.md',
    'GEMINI.md',
    'QWEN.md',
    'CONVENTIONS.md',
    'pyagent.jsonc',
    'pyagent.json',
    '.envrc',
  ],
  ...[
    '.github/workflows',
    '.github/actions',
    '.github/copilot-instructions.md',
    '.gitlab-ci.yml',
    '.circleci',
    '.cargo',
  ],
  ...['.yarn/releases', '.yarn/plugins', '.hg', '.jj', '.svn'],
].map(folder);
const PROTECTED_FILES = [
  ...['.npmrc', '.pnpmfile.cjs', '.yarnrc', '.yarnrc.yml', '.gitmodules', '.gitattributes', '.gitconfig'],
  ...['.mise.toml', '.rvmrc', '.tool-versions'],
].map(file);
const WHERE_PRESENT = ['.pnp.cjs'].map(nothing);

/** The policy for the checks of Node, Python, Rust and Go projects, and for looking around. */
export const STANDARD_POLICY: SandboxPolicy = {
  isolation: 'namespaces',
  commands: STANDARD_RULES,
  environment: {
    pass: [
      ...[
        'PATH',
        'HOME',
        'USER',
        'LOGNAME',
        'SHELL',
        'LANG',
        'LANGUAGE',
        'LC_*',
        'TZ',
        'TERM',
        'COLORTERM',
        'NO_COLOR',
        'FORCE_COLOR',
      ],
      ...[
        'CI',
        'DEBUG',
        'SOURCE_DATE_EPOCH',
        'COLUMNS',
        'LINES',
        'NODE_ENV',
        'NODE_OPTIONS',
        'NODE_V8_COVERAGE',
        'COREPACK_*',
      ],
      ...['npm_config_*', 'NVM_*', 'FNM_*', 'VOLTA_*', 'NODENV_*', 'ASDF_*', 'MISE_*', 'PNPM_HOME', 'BUN_*', 'DENO_*'],
      ...[
        'PYTHON*',
        'PYENV_*',
        'VIRTUAL_ENV',
        'VIRTUAL_ENV_PROMPT',
        'CONDA_*',
        'POETRY_*',
        'UV_*',
        'PIP_*',
        'PIPENV_*',
        'TOX_*',
        'PYTEST_*',
      ],
      ...[
        'COVERAGE_FILE',
        'HYPOTHESIS_*',
        'MYPY_*',
        'RUFF_*',
        'MYPYPATH',
        'DJANGO_SETTINGS_MODULE',
        'RUST*',
        'CARGO_*',
      ],
      ...[
        'GO*',
        'CGO_*',
        'JAVA_HOME',
        'MAVEN_*',
        'M2_HOME',
        'GRADLE_*',
        'SDKMAN_*',
        'PKG_CONFIG_PATH',
        'CMAKE_*',
        'PYAGENT_COMMAND_ID',
      ],
    ],
    set: {},
  },
  files: {
    read: [],
    write: [],
    protect: [...PROTECTED, ...PROTECTED_FILES, ...WHERE_PRESENT],
    hide: [],
  },
  network: { hosts: [] },
  unixSockets: false,
  limits: {
    processes: 4096,
    memoryBytes: 16 * GIB,
    fileBytes: 8 * GIB,
    workspaceBytes: 16 * GIB,
    outputBytes: GIB,
  },
};
