/**
 * Sorting imports as the repository itself wants them sorted.
 *
 * The room finds the tool that a repository is set up to sort imports with (Biome, ESLint, Prettier, isort, ruff), lets
 * the installed tool sort the text of single files on its standard input, and has every result judged: only the order
 * of imports may differ, and nothing may have moved across an import whose target may have effects.
 *
 * It has no order of its own, installs nothing, and writes no file: what it gives out are changes for the run's
 * transaction. Where a tool is missing, fails, or does more than sort, the order is kept and the reason is said.
 *
 *     const { changes, kept } = await importSorting({ root, runCommand, … }).sort(['src/a.ts']);
 */
export { findSorter, type SortSetting } from './find-sorter.ts';
export type { ImportSorter, Sorted, ToolRun } from './import-sorter.ts';
export {
  type ImportSorting,
  type ImportSortingOptions,
  importSorting,
  type KeptOrder,
  type SortedImports,
} from './import-sorting.ts';
