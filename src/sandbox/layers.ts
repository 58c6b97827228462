/** One way in which a command can be kept apart from the machine. */
export interface IsolationLayer {
  name: 'processes' | 'environment' | 'filesystem' | 'network' | 'limits';
  active: boolean;
  /** What that means for a command that runs now. */
  meaning: string;
}

/** What stands between a command and the machine. */
export interface Isolation {
  isolated: boolean;
  /** The sentence for the report. */
  statement: string;
  layers: IsolationLayer[];
}

/** The isolation that {@link commandRunner} gives on this machine, said plainly: commands can do what the user can do. */
export function layers(): Isolation {
  return {
    isolated: false,
    statement: 'ran unisolated',
    layers: [
      { name: 'processes', active: true, meaning: 'every process of a command ends with it' },
      { name: 'environment', active: true, meaning: 'a command gets the environment it is given and no terminal' },
      { name: 'filesystem', active: false, meaning: 'a command can read and write what the user can' },
      { name: 'network', active: false, meaning: 'a command can reach the network' },
      { name: 'limits', active: false, meaning: 'only time and output are limited, not memory, disk or processes' },
    ],
  };
}
