import { PyAgentError } from '../../kernel/index.ts';

/** The person asked for something that cannot be: the command ends with code 2 and does nothing. */
export function usageError(message: string, details: Record<string, unknown> = {}, cause?: unknown): PyAgentError {
  return new PyAgentError({ code: 'cli/usage', message, details, ...(cause === undefined ? {} : { cause }) });
}
