import type { CommandContext } from './command-context.ts';
import type { ReportStyle } from './report/section.ts';
import { paint, wantsColours } from './view/paint.ts';
import { symbols } from './view/symbols.ts';

/** How reports look on this stdout; lists have at most `limit` lines. */
export function reportStyle({ environment, stdout }: CommandContext, limit: number): ReportStyle {
  const { env, platform } = environment;
  return { paint: paint(wantsColours(env, stdout.isTerminal)), symbols: symbols(env, platform), limit };
}
