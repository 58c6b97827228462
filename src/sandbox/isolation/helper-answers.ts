import { constants } from 'node:os';
import type { LimitedResource } from '../command.ts';
import type { ActiveLayer } from './sandbox-spec.ts';

/** What the helper has said about one command, put together. */
export interface HelperAnswers {
  layers?: readonly ActiveLayer[];
  /** Why nothing was run. */
  refused?: string;
  /** The program that is not there. */
  notFound?: string;
  /** Why the program cannot be run. */
  notRunnable?: string;
  ended?: { code?: number; signal?: string; exceeded?: LimitedResource };
}

/** Reads the helper's lines of JSON. What is not one of its answers is left out: it can then only look as if it had died. */
export function readHelperAnswers(text: string): HelperAnswers {
  const answers: HelperAnswers = {};
  for (const line of text.split('\n')) {
    const answer = parse(line);
    switch (answer?.event) {
      case 'started':
        answers.layers = answer.layers as ActiveLayer[];
        break;
      case 'refused':
        answers.refused = String(answer.reason);
        break;
      case 'not-found':
        answers.notFound = String(answer.program);
        break;
      case 'not-runnable':
        answers.notRunnable = String(answer.reason);
        break;
      case 'ended':
        answers.ended = {
          ...(typeof answer.code === 'number' ? { code: answer.code } : {}),
          ...(typeof answer.signal === 'number' ? { signal: signalName(answer.signal) } : {}),
          ...(typeof answer.exceeded === 'string' ? { exceeded: answer.exceeded as LimitedResource } : {}),
        };
        break;
      default:
    }
  }
  return answers;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `signal ${number}`;
}
