import { PyAgentError } from '../kernel/index.ts';

interface Crossing {
  code: `${string}/${string}`;
  message: string;
  details: Record<string, unknown>;
}

/** The same object, with every exception and rejection of its methods turned into {@link PyAgentError}. */
export function withPyAgentErrors<T extends object>(target: T): T {
  return new Proxy(target, {
    get: (object, name) => {
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== 'function') return member;
      return (...input: unknown[]) => guarded(() => Reflect.apply(member, object, input));
    },
  });
}

function guarded(call: () => unknown): unknown {
  try {
    const result = call();
    if (result instanceof Promise) {
      return result.then(wrapped, (error: unknown) => {
        throw converted(error);
      });
    }
    return wrapped(result);
  } catch (error) {
    throw converted(error);
  }
}

/** Objects of the addon's own classes carry methods that fail the same way; data passes as it is. */
function wrapped(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  const prototype: unknown = Object.getPrototypeOf(result);
  const isData = prototype === Object.prototype || prototype === null || Array.isArray(result);
  return isData || ArrayBuffer.isView(result) ? result : withPyAgentErrors(result);
}

function converted(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const crossing = read(error.message);
  return crossing ? new PyAgentError(crossing) : error;
}

/** An argument of the wrong type is a defect of the caller, and stays the `TypeError`-like error of the binding. */
function read(message: string): Crossing | undefined {
  if (!message.startsWith('{')) return undefined;
  return JSON.parse(message) as Crossing;
}
