import type { Environment } from '../command.ts';

/** Variables that make programs load or run something else than what was asked for. */
const HOOKS =
  /^(LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|MALLOC_TRACE|NLSPATH|BASH_ENV|ENV|BASH_FUNC_.*|PS4|PROMPT_COMMAND|SHELLOPTS|BASHOPTS|IFS|CDPATH|GLOBIGNORE|PERL5OPT|PERL5LIB|PERL5DB|PERLLIB|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|PYTHONSTARTUP|PYTHONHOME|PYTHONINSPECT|PYTHONBREAKPOINT|PYTHONWARNINGS|PYTHONEXECUTABLE|GIT_.*|SSH_.*|DOCKER_.*|CONTAINER_HOST|KUBECONFIG|DBUS_.*|XDG_RUNTIME_DIR|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|GPG_.*|GNUPGHOME|EDITOR|VISUAL|PAGER|MANPAGER|LESSOPEN|LESSCLOSE|BROWSER|RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|RUSTC|RUSTDOC|CARGO_BUILD_RUSTC.*|CARGO_TARGET_.*_(RUNNER|LINKER)|GOFLAGS|GOTOOLDIR|CC|CXX|LD|AR|MAKEFLAGS|npm_config_(script_shell|node_options|git|userconfig|globalconfig|prefix).*|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_REPL_EXTERNAL_MODULE|ELECTRON_RUN_AS_NODE|DENO_AUTH_TOKENS|TERMCAP|TERMINFO.*)$/i;

/** Names under which secrets are kept. */
const SECRET =
  /(TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|_KEY$|_PW$|_PWD$|_PAT$|AUTH|COOKIE|SESSION|DSN$|DATABASE_URL|CONNECTION_STRING|WEBHOOK)/i;
const SECRET_FAMILIES =
  /^(AWS|AZURE|GOOGLE|GCP|GCLOUD|CLOUDSDK|ARM|DO|HEROKU|VERCEL|NETLIFY|FLY|OPENAI|ANTHROPIC|GEMINI|MISTRAL|HF|HUGGING_?FACE|STRIPE|TWILIO|SENTRY|SLACK|GH|GITHUB|GITLAB|BITBUCKET|CI_JOB|NPM|PYPI|TWINE|UV_PUBLISH|CARGO_REGISTR(Y|IES)|VAULT|CONSUL|NOMAD|TF_VAR|PG|MYSQL|REDIS|MONGO|ATLASSIAN|JIRA)_/i;
/** Known names that look like a secret and are none. */
const NO_SECRETS =
  /^(COREPACK_ENABLE_NETWORK|npm_config_(audit|fund|update_notifier|offline|cache)|XDG_SESSION_TYPE|GITHUB_ACTIONS)$/;

/** Flags of Node that only tune it. */
const HARMLESS_NODE_FLAGS =
  /^(--max-old-space-size=\d+|--max-semi-space-size=\d+|--stack-trace-limit=\d+|--enable-source-maps|--no-warnings|--no-deprecation|--trace-warnings|--trace-deprecation|--unhandled-rejections=\w+|--experimental-vm-modules|--experimental-strip-types|--experimental-sqlite)$/;

/** Whether a variable never reaches a command, whatever a policy lists. */
export function isForbiddenVariable(name: string, value: string): boolean {
  if (name === 'NODE_OPTIONS')
    return !value.split(/\s+/).every((flag) => flag === '' || HARMLESS_NODE_FLAGS.test(flag));
  if (NO_SECRETS.test(name)) return false;
  return HOOKS.test(name) || SECRET.test(name) || SECRET_FAMILIES.test(name);
}

/**
 * The environment of a command: the variables that a policy passes, without those that run or load something and those
 * that hold a secret by their name, and the ones that it sets.
 */
export function filterEnvironment(
  env: Environment,
  { pass, set }: { pass: readonly string[]; set: Readonly<Record<string, string>> },
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value.includes('\0') || isForbiddenVariable(name, value)) continue;
    if (pass.some((pattern) => passes(pattern, name))) result[name] = value;
  }
  return { ...result, ...set };
}

function passes(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
