/** Type checkers, test runners and linters that a JavaScript project installs for itself. */
export const PROJECT_TOOLS: readonly string[] = [
  ...['tsc', 'tsgo', 'vue-tsc', 'svelte-check'],
  ...['jest', 'vitest', 'mocha', 'ava', 'tap', 'uvu', 'jasmine'],
  ...['eslint', 'oxlint', 'prettier', 'standard', 'xo', 'stylelint', 'knip'],
];
