import type { EventEnvelope } from '../../../kernel/index.ts';
import type { CommandContext } from '../command-context.ts';
import { paint, wantsColours } from './paint.ts';
import { plainLines } from './plain-lines.ts';
import { screen } from './screen.ts';
import { symbols } from './symbols.ts';
import { viewLines } from './view-lines.ts';
import { emptyView, reduceView } from './view-state.ts';

/** What a person (or a program) sees while a run goes on. */
export interface RunView {
  onEvent(event: EventEnvelope): void;
  /** A word from the command itself: it stays on the screen. */
  say(line: string): void;
  /** Takes a live view away. More than once is harmless. */
  end(): void;
}

/** JSON lines when asked for; a live view on a terminal; plain lines otherwise. */
export function runView(context: CommandContext, json: boolean): RunView {
  const { stdout, stderr, environment } = context;
  const say = (line: string) => stderr.write(`pyagent: ${line}\n`);
  if (json) return { onEvent: (event) => stdout.write(`${JSON.stringify(event)}\n`), say, end: () => {} };
  if (stderr.isTerminal && environment.env.TERM !== 'dumb') return liveView(context, say);
  const lines = plainLines(emptyView);
  return {
    onEvent: (event) => {
      for (const line of lines(event)) stderr.write(`${line}\n`);
    },
    say,
    end: () => {},
  };
}

const REDRAW_MS = 80;

function liveView({ stderr, environment }: CommandContext, say: (line: string) => void): RunView {
  const { env, platform, clock } = environment;
  const look = { paint: paint(wantsColours(env, true)), symbols: symbols(env, platform) };
  const block = screen({ write: (text) => stderr.write(text), columns: stderr.columns });
  let state = emptyView;
  let tick = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    const frame = { now: clock.now(), columns: stderr.columns(), rows: stderr.rows(), tick, ...look };
    block.draw(viewLines(state, frame));
  };
  const begin = () => {
    timer = setInterval(() => {
      tick += 1;
      draw();
    }, REDRAW_MS);
    timer.unref();
    // However the process ends, the cursor is shown again.
    process.once('exit', block.clear);
    draw();
  };
  let ended = false;
  return {
    onEvent: (event) => {
      state = reduceView(state, event);
      if (timer === undefined && !ended) begin();
    },
    say: (line) => {
      block.clear();
      say(line);
      if (!ended) draw();
    },
    end: () => {
      ended = true;
      clearInterval(timer);
      process.off('exit', block.clear);
      block.clear();
    },
  };
}
