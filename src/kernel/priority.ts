import { nearestWord } from './nearest.ts';

/** Every priority, most urgent first. */
export const PRIORITIES = ['CRITICAL', 'HIGH', 'NORMAL', 'LOW', 'BACKGROUND'] as const;

/** How urgent a task is. */
export type Priority = (typeof PRIORITIES)[number];

/** What {@link parsePriority} gives. `message` names every allowed word. */
export type PriorityReading =
  | { kind: 'priority'; priority: Priority }
  | { kind: 'unknown-priority'; found: string; allowed: readonly string[]; nearest?: string; message: string };

const ALIASES: Readonly<Record<string, Priority>> = { HIGHEST: 'CRITICAL' };
const ALLOWED = ['CRITICAL', 'HIGHEST', 'HIGH', 'NORMAL', 'LOW', 'BACKGROUND'];

/** Reads a priority in any case; `HIGHEST` is another word for `CRITICAL`. */
export function parsePriority(text: string): PriorityReading {
  const word = text.trim().toUpperCase();
  const priority =
    PRIORITIES.find((known) => known === word) ?? (Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined);
  if (priority !== undefined) return { kind: 'priority', priority };
  const nearest = nearestWord(word, ALLOWED);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return {
    kind: 'unknown-priority',
    found: text,
    allowed: ALLOWED,
    ...(nearest === undefined ? {} : { nearest }),
    message: `expected a priority (one of ${ALLOWED.join(', ')}), found "${text}"${hint}`,
  };
}

/** Orders by urgency: negative when `left` is more urgent, 0 when they are equal. For `Array.sort`. */
export function comparePriority(left: Priority, right: Priority): number {
  return PRIORITIES.indexOf(left) - PRIORITIES.indexOf(right);
}
