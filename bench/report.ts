import { place } from './place.ts';
import type { Row } from './row.ts';

/** What the bench has measured so far, group by group. */
export interface Recorded {
  groups: Record<string, RecordedGroup>;
}

export interface RecordedGroup {
  machine: string;
  versions: string;
  /** Processes wanting to run when it began. */
  load: string;
  rounds: number;
  date: string;
  rows: Row[];
}

const method = `Every row was measured with all its tools in turns on one tree, on one machine; times are medians of wall time from the
start of the process to its end, so the start of Node counts where a tool has one. *Cold* means that the tool's own cache
was deleted before the run, *warm* that the run before was the same; the system's page cache is warm for everyone. Memory
is that of the largest process of a run. Third-party packages are not installed in the real trees, for us as for the
peers; the generated ones bring stand-ins. Each tool gets the settings that its documentation names for the job.

*Recall* is the share of planted defects that a tool reports, *precision* the share of its new reports that are plants.
A tool that reports single cycles has found a component when it reports a cycle inside it; PyAgent has to name exactly
its members. The true components are what the TypeScript compiler leaves of the imports in its output; for Python they
are the planted rings. PyAgent's repair is compared with its repair of the same tree without the plants, byte by byte.
Python plants are ones that can be decided without an installed environment: no name is added to an import from a third
party's package, invented distributions are planted only where stand-ins tell what they install, libraries that a command
may start by name are not planted as unused, and an unused import of a third party's module counts as found when it is
reported, though PyAgent leaves it in place. Planters and generator (\`bench/plant\`, \`bench/generator\`) share no code with the analysis.

Merges are files of which two release lines of one package changed the same base: base and ours are releases of the old
line, theirs is one of the new. A clean result is wrong when a parser of another project refuses it, when a function,
member or value that one side changed is not as that side has it, or when lines were lost or doubled elsewhere; the judge
(\`bench/merge\`) shares no code with the merge. git and mergiraf are started once per file, PyAgent merges in one process.

A target that was missed says so. Plants come from fixed seeds, trees from pinned packages checked by SHA-512.`;

/** The page: one table, the machine and the method. */
export function report(order: string[], { groups }: Recorded): string {
  const present = order.flatMap((name) => (groups[name] === undefined ? [] : [groups[name]]));
  const rows = present.flatMap((group) => group.rows.map(line));
  const head = ['| what | on | PyAgent | peers | target | measured | |', '| --- | --- | --- | --- | --- | --- | --- |'];
  const about = new Set(
    present.map(
      ({ date, machine, versions, load, rounds }) =>
        `- ${date}: ${machine}; load ${load} at the start; ${rounds} rounds. ${versions}.`,
    ),
  );
  return `# Bench

Written by \`npm run bench\`; not edited by hand. Disagreements with the peers are explained in
[bench-disagreements.md](bench-disagreements.md).

${[...head, ...rows].join('\n')}

## Machine and versions

${[...about].join('\n')}

## Method

${method}
`;
}

function line({ what, on, ours, peers, target }: Row): string {
  const verdict =
    target === undefined ? ['', '', ''] : [target.text, target.measured, target.met ? 'met' : '**missed**'];
  const cells = [what, on, ours, peers, ...verdict];
  return `| ${cells.map(plain).join(' | ')} |`;
}

/** Text that fits into a cell and names no folder of the machine it was measured on. */
function plain(text: string): string {
  const placeless = text.replaceAll(`${place.trees}/`, '').replaceAll(`${place.repository}/`, '');
  return placeless.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
