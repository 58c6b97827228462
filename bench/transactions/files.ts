/** Where file `n` of the tree is: thirty to a folder. */
export function pathOf(n: number): string {
  return `src/part-${Math.floor(n / 30)}/module-${n}.ts`;
}

/** About two kilobytes, another text for each file and round. */
export function contentOf(n: number, round: string): string {
  return Array.from(
    { length: 40 },
    (_, line) => `export const value${line} = ${n * line}; // round ${round} of ${n}\n`,
  ).join('');
}
