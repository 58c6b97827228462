// East Asian wide and fullwidth blocks and emoji (Unicode Annex 11), coarse: a cell too many only shortens a line.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** How many cells of a terminal `text` takes. The text holds no escape sequences. */
export function cellWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** `text` cut to at most `columns` cells; the end is kept when `keep` is `end`, as a path is told by its end. */
export function fit(text: string, columns: number, keep: 'start' | 'end' = 'start'): string {
  if (cellWidth(text) <= columns) return text;
  if (columns < 1) return '';
  const characters = [...text];
  if (keep === 'end') characters.reverse();
  let width = 1;
  let kept: string[] = [];
  for (const character of characters) {
    width += cellWidth(character);
    if (width > columns) break;
    kept.push(character);
  }
  if (keep === 'start') return `${kept.join('')}…`;
  kept = kept.reverse();
  return `…${kept.join('')}`;
}

/** `text` with spaces up to `columns` cells, cut when it is longer. */
export function pad(text: string, columns: number): string {
  const cut = fit(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - cellWidth(cut)));
}
