import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterEnvironment, STANDARD_POLICY } from '../index.ts';

/** Everything that the policy lists is passed. */
const everything = {
  pass: ['*', ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'].map((letter) =>
    letter === '*' ? 'A*' : `${letter}*`,
  ),
  set: {},
};

const passed = (names: readonly string[], value = 'x') =>
  Object.keys(filterEnvironment(Object.fromEntries(names.map((name) => [name, value])), everything));

test('variables that load or run something never reach a command', () => {
  const hooks =
    'LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES GLIBC_TUNABLES GCONV_PATH HOSTALIASES BASH_ENV ENV BASH_FUNC_ls%% PS4 PROMPT_COMMAND SHELLOPTS BASHOPTS IFS CDPATH PERL5OPT PERL5LIB RUBYOPT RUBYLIB JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONBREAKPOINT PYTHONWARNINGS GIT_SSH_COMMAND GIT_DIR GIT_EXTERNAL_DIFF GIT_CONFIG_COUNT GIT_PAGER SSH_AUTH_SOCK SSH_ASKPASS DOCKER_HOST KUBECONFIG DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR DISPLAY GPG_AGENT_INFO GNUPGHOME EDITOR VISUAL PAGER LESSOPEN BROWSER RUSTC_WRAPPER RUSTC CARGO_BUILD_RUSTC_WRAPPER CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER CC CXX MAKEFLAGS npm_config_script_shell npm_config_script-shell npm_config_node_options NPM_CONFIG_SCRIPT_SHELL npm_config_userconfig NODE_PATH NODE_EXTRA_CA_CERTS BUN_OPTIONS BUN_INSPECT_PRELOAD RIPGREP_CONFIG_PATH GOENV TERMINFO ld_preload'.split(
      ' ',
    );
  assert.ok(hooks.length > 60);
  assert.deepEqual(passed(hooks), []);
});

test('variables that hold a secret by their name never reach a command', () => {
  const secrets =
    'GITHUB_TOKEN GH_TOKEN NPM_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE AZURE_CLIENT_ID GOOGLE_APPLICATION_CREDENTIALS OPENAI_API_KEY ANTHROPIC_API_KEY MY_APIKEY SOME_PRIVATE_KEY DB_PASSWORD DB_PASSWD DB_PW PGPASSWORD MYSQL_PWD SECRET_KEY_BASE DJANGO_SECRET_KEY JWT_SECRET SESSION_COOKIE DATABASE_URL SENTRY_DSN SLACK_WEBHOOK VAULT_ADDR CARGO_REGISTRY_TOKEN UV_PUBLISH_TOKEN TWINE_PASSWORD npm_config__auth npm_config__authtoken COREPACK_NPM_TOKEN POETRY_PYPI_TOKEN_X POETRY_HTTP_BASIC_X_PASSWORD CI_JOB_JWT TF_VAR_x STRIPE_KEY HF_HOME BUNDLE_GITHUB__COM_TOKEN signing_key'.split(
      ' ',
    );
  assert.deepEqual(passed(secrets), []);
});

test('an address with a password in it never reaches a command', () => {
  assert.deepEqual(passed(['PIP_INDEX_URL', 'GOPROXY'], ['https://ada', 'pw@example.com/simple'].join(':')), []);
  assert.deepEqual(passed(['PIP_INDEX_URL', 'GOPROXY'], 'https://example.com:8443/a@b'), ['PIP_INDEX_URL', 'GOPROXY']);
});

test('options in a variable pass when each of them only tunes', () => {
  assert.deepEqual(passed(['NODE_OPTIONS'], '--max-old-space-size=4096 --enable-source-maps'), ['NODE_OPTIONS']);
  assert.deepEqual(passed(['NODE_OPTIONS'], '--enable-source-maps --require=./x'), []);
  assert.deepEqual(passed(['NODE_OPTIONS'], '--max-old-space-size=1\n-r ./x'), []);
  assert.deepEqual(passed(['GOFLAGS'], '-mod=vendor -count=1'), ['GOFLAGS']);
  assert.deepEqual(passed(['GOFLAGS'], '-toolexec=./x'), []);
  assert.deepEqual(passed(['MAVEN_OPTS'], '-Xmx2g'), ['MAVEN_OPTS']);
  assert.deepEqual(passed(['MAVEN_OPTS', 'GRADLE_OPTS', 'JAVA_OPTS'], '-javaagent:x.jar'), []);
});

test('only what the policy lists is passed, and never a NUL byte', () => {
  const env = { PATH: '/usr/bin', LC_ALL: 'C', LCX: 'x', OTHER: 'x', NUL: 'a\0b', NONE: undefined };
  const policy = { pass: ['PATH', 'LC_*', 'NUL', 'NONE'], set: { MODE: 'test', PATH: '/bin' } };
  assert.deepEqual(filterEnvironment(env, policy), { PATH: '/bin', LC_ALL: 'C', MODE: 'test' });
});

test('the standard policy hands on what the tools of a project need', () => {
  const wanted =
    'PATH HOME LANG LC_ALL TZ TERM CI NODE_ENV NVM_DIR VIRTUAL_ENV PYTHONPATH PYTHONDONTWRITEBYTECODE PYENV_ROOT COVERAGE_FILE MYPY_CACHE_DIR RUFF_CACHE_DIR HYPOTHESIS_STORAGE_DIRECTORY CARGO_HOME RUSTUP_HOME RUST_BACKTRACE GOPATH GOCACHE CGO_ENABLED JAVA_HOME COREPACK_ENABLE_NETWORK npm_config_update_notifier npm_config_fund npm_config_audit npm_config_cache'.split(
      ' ',
    );
  const env = Object.fromEntries([...wanted, 'UNLISTED', 'GOOGLE_CLOUD_PROJECT'].map((name) => [name, 'x']));
  assert.deepEqual(Object.keys(filterEnvironment(env, STANDARD_POLICY.environment)), wanted);
});
