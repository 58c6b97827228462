import { dirname, join } from 'node:path';

/** The programs that attempts are made with: a folder that everybody may read. */
export interface ToolBox {
  /** Holds `node` and `escape-probe`, and nothing else. */
  bin: string;
  probe: string;
  node: string;
  /** The sandbox's helper. */
  helper: string;
  /** In the helper's place: says what it is told. */
  echo: string;
}

/** The tool box at `folder`; see `packTools`. */
export function toolBox(folder: string): ToolBox {
  const bin = join(folder, 'bin');
  return {
    bin,
    probe: join(bin, 'escape-probe'),
    node: join(bin, 'node'),
    helper: join(dirname(bin), 'pyagent-sandbox'),
    echo: join(dirname(bin), 'echo'),
  };
}
