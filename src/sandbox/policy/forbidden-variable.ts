/** Variables that make programs load or run something else than what was asked for. */
const HOOKS =
  /^(LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|MALLOC_TRACE|NLSPATH|BASH_ENV|ENV|BASH_FUNC_.*|PS4|PROMPT_COMMAND|SHELLOPTS|BASHOPTS|IFS|CDPATH|GLOBIGNORE|PERL5OPT|PERL5LIB|PERL5DB|PERLLIB|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|PYTHONSTARTUP|PYTHONHOME|PYTHONINSPECT|PYTHONBREAKPOINT|PYTHONWARNINGS|PYTHONEXECUTABLE|GIT_.*|SSH_.*|DOCKER_.*|CONTAINER_HOST|KUBECONFIG|DBUS_.*|XDG_RUNTIME_DIR|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|GPG_.*|GNUPGHOME|EDITOR|VISUAL|PAGER|MANPAGER|LESSOPEN|LESSCLOSE|BROWSER|RUSTC_WRAPPER|RUSTC_WORKSPACE_WRAPPER|RUSTC|RUSTDOC|CARGO_BUILD_RUSTC.*|CARGO_TARGET_.*_(RUNNER|LINKER)|GOENV|GOTOOLDIR|CC|CXX|LD|AR|MAKEFLAGS|npm_config_(script[_-]shell|shell|node[_-]options|onload[_-]script|editor|viewer|browser|git|userconfig|globalconfig|prefix|init[_-]module)|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_REPL_EXTERNAL_MODULE|ELECTRON_RUN_AS_NODE|BUN_INSPECT.*|BUN_OPTIONS|RIPGREP_CONFIG_PATH|PYENV_HOOK_PATH|DENO_AUTH_TOKENS|TERMCAP|TERMINFO.*)$/i;

/** Names under which secrets are kept. */
const SECRET =
  /(TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|_KEY$|_PW$|_PWD$|_PAT$|AUTH|COOKIE|SESSION|DSN$|DATABASE_URL|CONNECTION_STRING|WEBHOOK)/i;
const SECRET_FAMILIES =
  /^(AWS|AZURE|GOOGLE|GCP|GCLOUD|CLOUDSDK|ARM|DO|HEROKU|VERCEL|NETLIFY|FLY|OPENAI|ANTHROPIC|GEMINI|MISTRAL|HF|HUGGING_?FACE|STRIPE|TWILIO|SENTRY|SLACK|GH|GITHUB|GITLAB|BITBUCKET|CI_JOB|NPM|PYPI|TWINE|UV_PUBLISH|CARGO_REGISTR(Y|IES)|VAULT|CONSUL|NOMAD|TF_VAR|PG|MYSQL|REDIS|MONGO|ATLASSIAN|JIRA)_/i;
/** Known names that look like a secret and are none. */
const NO_SECRETS =
  /^(COREPACK_ENABLE_NETWORK|npm_config_(audit|fund|update_notifier|offline|cache)|XDG_SESSION_TYPE|GITHUB_ACTIONS)$/;

/** A value that holds a name and a password before a host. */
const CREDENTIALS = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Variables that hold options: each one must be known to only tune the program. */
const TUNING: readonly [name: RegExp, option: RegExp][] = [
  [
    /^NODE_OPTIONS$/i,
    /^(--max-old-space-size=\d+|--max-semi-space-size=\d+|--stack-trace-limit=\d+|--enable-source-maps|--no-warnings|--no-deprecation|--trace-warnings|--trace-deprecation|--unhandled-rejections=\w+|--experimental-vm-modules|--experimental-strip-types|--experimental-sqlite)$/,
  ],
  [/^GOFLAGS$/i, /^--?(mod=(mod|vendor|readonly)|count=\d+|p=\d+|race|v|trimpath|buildvcs=\w+|tags=[\w,]+)$/],
  [
    /^(MAVEN|GRADLE|SBT|JAVA)_(OPTS|ARGS)$/i,
    /^(-Xm[xsn]\d+[kmgKMG]?|-Xss\d+[kmgKMG]?|-B|-ntp|-q|-o|-XX:MaxMetaspaceSize=\w+)$/,
  ],
];

/** Whether a variable never reaches a command, whatever a policy lists. */
export function isForbiddenVariable(name: string, value: string): boolean {
  const tuning = TUNING.find(([names]) => names.test(name));
  if (tuning !== undefined) return !value.split(/\s+/).every((option) => option === '' || tuning[1].test(option));
  if (HOOKS.test(name) || CREDENTIALS.test(value)) return true;
  return !NO_SECRETS.test(name) && (SECRET.test(name) || SECRET_FAMILIES.test(name));
}

/** Whether a variable makes programs load or run something: a policy may not even set it. */
export function isHook(name: string, value: string): boolean {
  return TUNING.some(([names]) => names.test(name)) ? isForbiddenVariable(name, value) : HOOKS.test(name);
}
