import { readFile } from 'node:fs/promises';
import { execute } from './measure/execute.ts';
import type { TrueCycles } from './oracle/typescript-graph.ts';
import type { Finding, FindingClass } from './tool/finding.ts';
import type { Tool } from './tool/tool.ts';
import type { Tree } from './trees/tree.ts';

/** One thing that we say of a real tree and a peer does not, or the other way round. */
export interface Disagreement {
  tree: string;
  peer: string;
  side: 'only PyAgent' | 'only the peer';
  /** Class, place and name in one line. */
  what: string;
  /** Why; undefined while nobody has explained it. */
  reason?: string;
}

interface Reason {
  tree: string;
  peer: string;
  side: Disagreement['side'];
  /** Regular expression over `what`. */
  what: string;
  reason: string;
}

const reasons = new URL('./disagreement-reasons.json', import.meta.url);

/** What we and a peer say differently of a tree, in the classes given, each with the reason that somebody wrote down. */
export async function disagreements(tree: Tree, own: Finding[], peer: Tool): Promise<Disagreement[]> {
  const theirs = await peer.parse(await execute(peer.command(tree.root)), tree.root);
  const classes: FindingClass[] = peer.classes.filter((one) => one !== 'cycle');
  const foreign = tree.language === 'python' ? /\.[mc]?[jt]sx?$|package\.json$/ : /\.py$|\.toml$|\.txt$/;
  const relevant = (findings: Finding[]) =>
    findings
      .filter((finding) => classes.includes(finding.class) && !('file' in finding && foreign.test(finding.file)))
      .flatMap((finding) => describe(finding));
  return explain(tree.name, peer.name, relevant(own), relevant(theirs));
}

/** The same for cycles, against the compiler's own graph: whole components on both sides. */
export function cycleDisagreements(tree: Tree, own: Finding[], truth: TrueCycles): Promise<Disagreement[]> {
  const line = (files: string[]) => ({
    key: files.join(' '),
    what: `component of ${files.length}: ${files.join(' ')}`,
  });
  const mine = own.flatMap((finding) => (finding.class === 'cycle' ? [line(finding.files)] : []));
  return explain(tree.name, 'TypeScript 5.9 output', mine, [...truth.value, ...truth.type].map(line));
}

interface Described {
  key: string;
  what: string;
}

function describe(finding: Finding): Described[] {
  if (finding.class === 'import') {
    return finding.names.map((name) => ({
      key: `${finding.file} ${name}`,
      what: `unused import ${finding.file} ${name}`,
    }));
  }
  if (finding.class === 'cycle') return [];
  const name = finding.name.toLowerCase().replaceAll('_', '-');
  // deptry says nothing of the manifest: a Python tree has one.
  const key = finding.file.endsWith('package.json') ? `${finding.file} ${name}` : name;
  return [{ key, what: `${finding.kind} ${finding.file} ${finding.name}` }];
}

async function explain(tree: string, peer: string, mine: Described[], theirs: Described[]): Promise<Disagreement[]> {
  const known = JSON.parse(await readFile(reasons, 'utf8')) as Reason[];
  const missing = (from: Described[], other: Described[], side: Disagreement['side']) => {
    const keys = new Set(other.map(({ key }) => key));
    return from
      .filter(({ key }) => !keys.has(key))
      .map(({ what }): Disagreement => {
        const found = known.find((one) => {
          return one.tree === tree && one.peer === peer && one.side === side && new RegExp(one.what).test(what);
        });
        return { tree, peer, side, what, ...(found === undefined ? {} : { reason: found.reason }) };
      });
  };
  return [...missing(mine, theirs, 'only PyAgent'), ...missing(theirs, mine, 'only the peer')];
}
