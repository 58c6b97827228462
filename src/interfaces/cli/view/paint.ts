import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours a text, or gives it back as it is. */
export type Paint = Record<Style, (text: string) => string>;

/** A {@link Paint}; `colours` false leaves every text as it is. */
export function paint(colours: boolean): Paint {
  const style = (name: Style) => (text: string) =>
    colours && text !== '' ? styleText(name, text, { validateStream: false }) : text;
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    cyan: style('cyan'),
  };
}

/** Whether to colour: FORCE_COLOR (not 0) wins, then NO_COLOR (not empty), then a terminal that is not `dumb`. */
export function wantsColours(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTerminal && env.TERM !== 'dumb';
}
