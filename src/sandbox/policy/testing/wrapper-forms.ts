/** A command that runs another one, as expressions over its words, which are joined by a zero byte. */
interface WrapperForm {
  /** What begins like this is a wrapper and never a command of its own. */
  head: RegExp;
  /** All words before the command inside. */
  prefix: RegExp;
  /** Whether it may lie in the workspace, and looks there. */
  ofProject?: boolean;
}

const DURATION = '\\d+(?:\\.\\d+)?[smhd]?';
const BIN = '(?:/bin/|/usr/bin/|/usr/local/bin/)?';
const TOOLS =
  'tsc|tsgo|vue-tsc|svelte-check|jest|vitest|mocha|ava|tap|uvu|jasmine|eslint|oxlint|prettier|standard|xo|stylelint|knip';

/** Written with a blank for the end of a word. */
const form = (name: string, more: string, sub = ''): WrapperForm => ({
  head: new RegExp(`^${BIN}${name}${sub}(?:\\0|$)`),
  prefix: new RegExp(`^${BIN}${name}${more.replaceAll(' ', '\\0')}$`),
});
const forms = (name: string, ...subs: string[]): WrapperForm[] =>
  subs.map((sub) => form(name, sub === '' ? '' : ` ${sub}`, sub === '' ? '' : `\\0${sub.replaceAll(' ', '\\0')}`));

/** Names that may be set and, for some, to what. */
const SETTABLE = `(?:NODE_ENV|CI|DEBUG|NO_COLOR|TZ|LANG|RUST_BACKTRACE|TEST_[A-Z0-9_]+)=[^\\0\\n\\r]*|NODE_OPTIONS=(?:--enable-source-maps|--max-old-space-size=\\d+| |)*|PYTHONPATH=[\\w./-]*`;

/** The wrappers that the product knows, written down a second time. */
export const WRAPPER_FORMS: readonly WrapperForm[] = [
  {
    head: /^(?:\/bin\/|\/usr\/bin\/|\/usr\/local\/bin\/)?env(?:\0|$)/,
    prefix: new RegExp(`^${BIN}env(?:\\0(?:${SETTABLE}))*$`),
  },
  form('nice', '(?: -n -?\\d+| --adjustment[= ]-?\\d+)*'),
  form('ionice', '(?: -[cn] -?\\d+| -t)*'),
  form('nohup', ''),
  form('time', '(?: -p| -v)*'),
  form(
    'timeout',
    `(?: -k ${DURATION}| --kill-after[= ]${DURATION}| -s [A-Z0-9]+| --signal[= ][A-Z0-9]+| --foreground| -v)* ${DURATION}`,
  ),
  form('stdbuf', '(?: -[oe][L0]| -i0)*'),
  ...forms('npx', '', '--', '--no-install', '--no', '--no --'),
  ...forms('npm', 'exec --', 'x --'),
  ...forms('pnpm', 'exec', 'exec --'),
  ...forms('yarn', 'exec', 'run -T'),
  { head: new RegExp(`^${BIN}(?:pnpm|yarn)\\0(?:${TOOLS})(?:\\0|$)`), prefix: new RegExp(`^${BIN}(?:pnpm|yarn)$`) },
  ...forms('bunx', '', '--no-install'),
  ...forms('uv', 'run', 'run --', 'run --no-sync', 'run --offline', 'run --frozen'),
  ...['poetry', 'pipenv', 'pdm', 'hatch', 'rye'].flatMap((name) => forms(name, 'run')),
  ...forms('bundle', 'exec'),
  ...['c8', 'nyc'].map((name) => ({
    ...form(
      name,
      '(?: --all| --check-coverage| --reporter[= ][a-z-]+| --(?:include|exclude|src)[= ][\\w./*{},-]+| --(?:lines|branches|functions|statements)[= ]-?\\d+)*',
    ),
    ofProject: true,
  })),
];
