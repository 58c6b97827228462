/**
 * The lines below `[name]` of a TOML or INI file, up to the next section; without a name those before the first one.
 * Undefined when there is no such section.
 */
export function section(text: string, name?: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const isHead = (line: string) => /^\s*\[{1,2}\s*[\w."':@ -]+\s*\]{1,2}\s*(?:[#;].*)?$/.test(line);
  const start = name === undefined ? 0 : lines.findIndex((line) => isHead(line) && headOf(line) === name) + 1;
  if (start === 0 && name !== undefined) return undefined;
  const rest = lines.slice(start);
  const end = rest.findIndex(isHead);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

function headOf(line: string): string {
  return line.replace(/[#;].*$/, '').replace(/[[\]\s"']/g, '');
}
