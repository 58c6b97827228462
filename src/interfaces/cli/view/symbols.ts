/** The signs of the view. */
export interface Symbols {
  done: string;
  failed: string;
  warning: string;
  waiting: string;
  arrow: string;
  spinner: readonly string[];
}

const UNICODE: Symbols = {
  done: '✓',
  failed: '✗',
  warning: '!',
  waiting: '·',
  arrow: '→',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ASCII: Symbols = {
  done: '+',
  failed: 'x',
  warning: '!',
  waiting: '.',
  arrow: '->',
  spinner: ['|', '/', '-', '\\'],
};

/** Plain ASCII on the Linux console, old Windows consoles and in a locale without UTF-8. */
export function symbols(env: Readonly<Record<string, string | undefined>>, platform: string): Symbols {
  if (env.TERM === 'linux') return ASCII;
  if (platform === 'win32') return env.WT_SESSION === undefined && env.TERM_PROGRAM === undefined ? ASCII : UNICODE;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /^(C|POSIX)$/.test(locale) ? ASCII : UNICODE;
}
