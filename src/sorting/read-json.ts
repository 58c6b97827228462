import { parse } from 'jsonc-parser';

/** The value of a JSON text that may hold comments; undefined where it holds none that can be read. */
export function readJson(text: string): unknown {
  return parse(text, [], { allowTrailingComma: true });
}
