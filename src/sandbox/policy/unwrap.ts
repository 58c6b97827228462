import { WRAPPERS, type Wrapper } from './wrappers.ts';

/** A command on one level: the outermost is what is run, each further one is what the one before runs. */
export interface Layer {
  argv: readonly string[];
  /** Whether its program is looked for among the tools of the project first. */
  byProject: boolean;
}

/** A command and those that it runs. */
export type Unwrapped =
  | { kind: 'layers'; wrappers: readonly (Layer & { ofProject: boolean })[]; inner: Layer }
  /** A wrapper is used in a way that is not understood for sure. */
  | { kind: 'unclear'; reason: string };

const DEEPEST = 8;

/** Takes the wrappers off, one after the other. */
export function unwrap(argv: readonly string[]): Unwrapped {
  const wrappers: (Layer & { ofProject: boolean })[] = [];
  let inner: Layer = { argv, byProject: false };
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    const words: readonly string[] = inner.argv;
    const wrapper = wrapperOf(words[0] ?? '');
    const at = wrapper?.read(words) ?? -1;
    if (wrapper === undefined || at === -1) return { kind: 'layers', wrappers, inner };
    if (typeof at === 'string') return { kind: 'unclear', reason: at };
    if (at >= words.length) return { kind: 'unclear', reason: `${words[0]} has no command to run` };
    wrappers.push({ ...inner, ofProject: wrapper.ofProject ?? false });
    inner = { argv: words.slice(at), byProject: inner.byProject || wrapper.byProject === true };
  }
  return { kind: 'unclear', reason: `commands are wrapped more than ${DEEPEST} times` };
}

/** Wrappers are known by their name, and by their path where only the machine's owner writes. */
function wrapperOf(word: string): Wrapper | undefined {
  return WRAPPERS.get(word.replace(/^\/(?:usr\/(?:local\/)?)?bin\//, ''));
}
