/** Where the view is drawn. */
export interface ScreenTarget {
  write(text: string): void;
  /** Cells of a line now. */
  columns(): number;
}

/** A block of lines at the bottom of a terminal that is redrawn in place. */
export interface Screen {
  /** Replaces the block. Each line is narrower than the terminal. */
  draw(lines: readonly string[]): void;
  /** Takes the block away and shows the cursor again. */
  clear(): void;
}

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const ERASE_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';
// Terminals that know synchronized updates show the new block at once; others ignore the mode.
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

/** A {@link Screen} on `target`. Each drawing is one write, so that no half-drawn block is ever seen. */
export function screen(target: ScreenTarget): Screen {
  let drawn = 0;
  let drawnColumns = 0;
  let last = '';
  // After the terminal got narrower, the old lines have wrapped and take more rows than they had.
  const rowsToClear = () => {
    const columns = Math.max(1, target.columns());
    return columns < drawnColumns ? drawn * Math.ceil(drawnColumns / columns) : drawn;
  };
  const home = () => {
    const rows = rowsToClear();
    return rows === 0 ? '\r' : `\u001b[${rows}A\r`;
  };
  return {
    draw: (lines) => {
      const block = lines.map((line) => `${line}${ERASE_LINE}\n`).join('');
      if (block === last && target.columns() === drawnColumns) return;
      target.write(`${BEGIN}${HIDE}${home()}${block}${ERASE_BELOW}${END}`);
      [drawn, drawnColumns, last] = [lines.length, target.columns(), block];
    },
    clear: () => {
      if (last !== '') target.write(`${home()}${ERASE_BELOW}${SHOW}`);
      [drawn, last] = [0, ''];
    },
  };
}
