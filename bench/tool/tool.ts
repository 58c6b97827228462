import type { CommandLine, Execution } from '../measure/execute.ts';
import type { Finding, FindingClass } from './finding.ts';

/** A program that looks for defects, as the bench runs it. */
export interface Tool {
  /** As the table shows it. */
  name: string;
  /** What it is asked for here; scored for these and no others. */
  classes: FindingClass[];
  /** Whether a found cycle is claimed to be a whole component, with all its members. */
  wholeComponents?: boolean;
  /** Read-only: changes no source of the tree. */
  command(root: string): CommandLine;
  /** Throws when the output is not an answer. */
  parse(run: Execution, root: string): Promise<Finding[]> | Finding[];
  /** Drops what an earlier run kept, so that the next is cold. Absent for a tool that keeps nothing. */
  forget?(root: string): Promise<void>;
}
