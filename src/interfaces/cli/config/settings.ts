import type { JsonValue, Priority } from '../../../kernel/index.ts';
import type { LandingMode } from '../../../landing/index.ts';
import type { IsolationLevel } from '../../../sandbox/index.ts';
import {
  ageKind,
  booleanKind,
  durationKind,
  isolationKind,
  landKind,
  patternsKind,
  priorityKind,
  type SettingKind,
  sizeKind,
  verifyKind,
} from './setting-kind.ts';

/** What a run goes by when nothing else is said. */
export interface Settings {
  /** Default NORMAL. */
  priority: Priority;
  /** `auto`, `typecheck`, `test`, `none`, or a command line. Default `auto`. */
  verify: string;
  /** Files and globs, relative to the repository. Default: everything. */
  only: readonly string[];
  /** Write changes of dependencies too. Default false: they are reported. */
  applyDeps: boolean;
  /** Remove imports whose target cannot be known. Default false. */
  unsafe: boolean;
  /** An unverified landing is a failure (code 6). Default false. */
  strict: boolean;
  /** Answer every confirmation with yes. Default false. */
  yes: boolean;
  /** Where the changes land. Default `in-place`. */
  land: LandingMode;
  /** The least that keeps the repository's own commands apart from the machine. Default `namespaces`. */
  isolation: IsolationLevel;
  /** Milliseconds; absent: no limit. */
  timeout: number | undefined;
  /** Milliseconds; absent: runs are kept however old they are. Default 90 days. */
  'history.maxAge': number | undefined;
  /** Bytes; absent: no limit. Default 2 GB. */
  'history.maxSize': number | undefined;
}

/** One setting: everything about it, once. Flags, variables, files, schema and help derive from it. */
export interface Setting<Value> {
  kind: SettingKind<Value>;
  /** The variable that sets it. */
  variable: `PYAGENT_${string}`;
  /** As written in a settings file. */
  default: JsonValue;
  description: string;
  /** Why a repository may not decide this for its users; absent when it may. */
  notByProject?: string;
}

const HISTORY = 'a repository may not decide how long your work can be undone';

/** Every setting, in the order in which `pyagent config` shows them. */
export const SETTINGS: { readonly [Key in keyof Settings]: Setting<Settings[Key]> } = {
  priority: {
    kind: priorityKind,
    variable: 'PYAGENT_PRIORITY',
    default: 'NORMAL',
    description: 'How urgent a task is. HIGHEST is another word for CRITICAL.',
  },
  verify: {
    kind: verifyKind,
    variable: 'PYAGENT_VERIFY',
    default: 'auto',
    description: 'How a change is checked: auto, typecheck, test, none, or a command line of your own.',
  },
  only: {
    kind: patternsKind,
    variable: 'PYAGENT_ONLY',
    default: [],
    description: 'Files, folders and globs that may be changed, relative to the repository. Empty: everything.',
  },
  applyDeps: {
    kind: booleanKind,
    variable: 'PYAGENT_APPLY_DEPS',
    default: false,
    description: 'Also write changes of dependencies to package.json, pyproject.toml and requirements files.',
  },
  unsafe: {
    kind: booleanKind,
    variable: 'PYAGENT_UNSAFE',
    default: false,
    description: 'Also remove unused imports whose target cannot be known to be free of effects.',
  },
  strict: {
    kind: booleanKind,
    variable: 'PYAGENT_STRICT',
    default: false,
    description: 'Exit with 6 when the changes landed without anything having checked them.',
  },
  yes: {
    kind: booleanKind,
    variable: 'PYAGENT_YES',
    default: false,
    description: 'Answer every confirmation with yes.',
    notByProject: 'a repository may not answer for the person who runs it',
  },
  land: {
    kind: landKind,
    variable: 'PYAGENT_LAND',
    default: 'in-place',
    description: 'Where the changes land: in-place, or outside of the tree as a patch, branch, commit or pull-request.',
    notByProject: 'where the work of a run goes is for the person who runs it to say',
  },
  isolation: {
    kind: isolationKind,
    variable: 'PYAGENT_ISOLATION',
    default: 'namespaces',
    description:
      "What must keep the repository's own commands apart from the machine, or they are not run: namespaces, landlock " +
      '(weaker), or none.',
    notByProject: 'a repository may not decide what its commands can do to your machine',
  },
  timeout: {
    kind: durationKind,
    variable: 'PYAGENT_TIMEOUT',
    default: 'none',
    description: 'How long a run may take before it is rolled back: 30s, 5m, 1h30m, or none.',
  },
  'history.maxAge': {
    kind: ageKind,
    variable: 'PYAGENT_HISTORY_MAX_AGE',
    default: '90d',
    description: 'How long what undo needs is kept: 12h, 30d, 8w, or none for ever. The newest run is always kept.',
    notByProject: HISTORY,
  },
  'history.maxSize': {
    kind: sizeKind,
    variable: 'PYAGENT_HISTORY_MAX_SIZE',
    default: '2GB',
    description: 'How much of what undo needs is kept per repository: 500MB, 2GB, or none for all of it.',
    notByProject: HISTORY,
  },
};

/** The names of all settings. */
export const SETTING_NAMES = Object.keys(SETTINGS) as (keyof Settings)[];
