import { join } from 'node:path';
import type { Environment } from '../sandbox/index.ts';

/**
 * The environment for checks: `env` made quiet and kept from writing into the tree as far as the tools allow it by
 * variables. Caches go into `scratch`, a folder outside the repository, when there is one.
 */
export function checkEnvironment(env: Environment, scratch?: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && name !== 'FORCE_COLOR' && name !== 'CLICOLOR_FORCE') result[name] = value;
  }
  return {
    ...result,
    // Watch modes, prompts and snapshot updates are off under continuous integration.
    CI: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    // A check must not reach for the network on its own to fetch a package manager or look for news.
    COREPACK_ENABLE_NETWORK: '0',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    ...(scratch === undefined ? {} : cachesIn(scratch)),
  };
}

function cachesIn(scratch: string): Record<string, string> {
  return {
    COVERAGE_FILE: join(scratch, 'coverage'),
    HYPOTHESIS_STORAGE_DIRECTORY: join(scratch, 'hypothesis'),
    MYPY_CACHE_DIR: join(scratch, 'mypy'),
    RUFF_CACHE_DIR: join(scratch, 'ruff'),
  };
}
