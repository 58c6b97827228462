import type { Attempt, Ran, Way } from './attempt.ts';
import { runIn } from './in-sandbox.ts';
import { differences, openPlace, type Picture, type Place, pictureOf } from './place.ts';
import { PROTECTED_NAMES } from './protected-names.ts';
import type { ToolBox } from './tool-box.ts';
import { processesWith } from './witnesses.ts';

/** What the probe says when it was let. */
const WORKED = /^PROBE-WORKED .*$/m;

/** What one attempt in one way came to. */
export interface Tried {
  way: Way;
  /** What shows that it escaped; empty: it was held. */
  evidence: string[];
  /** How the command ended, for a person. */
  ended: string;
}

/** Makes an attempt in a new place. */
export async function tryAttempt(attempt: Attempt, way: Way, tools: ToolBox, patience: number): Promise<Tried> {
  const place = await openPlace(tools, patience);
  try {
    await attempt.prepare?.(place);
    const [around, guarded] = [aroundOf(place), guardedIn(place, way)];
    const ran = await start(attempt, place, way);
    const changedInside = differences(guarded, guardedIn(place, way));
    // What happens later comes first: it may be what makes the change outside.
    const after = await attempt.after?.(place, ran, way);
    const evidence = [
      ...(after === undefined ? [] : [after]),
      ...differences(around, aroundOf(place)).map((change) => `outside of the workspace, ${change}`),
      ...changedInside.map((change) => `protected in the workspace, ${change}`),
      ...(ran.stdout.includes(place.secret) || ran.stderr.includes(place.secret) ? ['the secret was read'] : []),
      ...(attempt.claims === true ? (WORKED.exec(ran.stdout)?.slice(0, 1) ?? []) : []),
      ...place.witnesses.evidence(),
      ...endSurvivors(place),
    ];
    return { way, evidence: evidence.slice(0, 5), ended: describe(ran) };
  } finally {
    endSurvivors(place);
    await place.close();
  }
}

async function start(attempt: Attempt, place: Place, way: Way): Promise<Ran> {
  if (attempt.start !== undefined) return attempt.start(place, way);
  if (attempt.argv === undefined) throw new Error(`${attempt.title}: expected a command or a way to start one`);
  return runIn(place, way, attempt.argv(place, way), attempt.wishes?.(place));
}

/** What must not change in any case: everything around the workspace. */
const aroundOf = (place: Place) => pictureOf(place.base, [place.workspace, place.layers]);

/** In the workspace what is protected, and with an overlay all of it. */
function guardedIn(place: Place, way: Way): Picture {
  const whole = pictureOf(place.workspace);
  const isGuarded = (name: string) =>
    way === 'overlay' || PROTECTED_NAMES.some((path) => name === `./${path}` || name.startsWith(`./${path}/`));
  return new Map([...whole].filter(([name]) => isGuarded(name)));
}

function endSurvivors(place: Place): string[] {
  return processesWith(place.mark).map((pid) => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile, or is somebody else's.
    }
    return `process ${pid} stayed behind`;
  });
}

function describe(ran: Ran): string {
  const words = (ran.reason ?? `${ran.stdout}\n${ran.stderr}`).trim().split('\n').at(-1) ?? '';
  return `${ran.kind}${ran.code === undefined ? '' : ` ${ran.code}`}${words === '' ? '' : `: ${words.slice(0, 160)}`}`;
}
