import { type ImportSorter, printed, type Setting } from './import-sorter.ts';
import { readJson } from './read-json.ts';

interface Switch {
  enabled?: unknown;
}

/** The parts of a Biome configuration that decide; Biome 2 has `assist`, Biome 1 has `organizeImports`. */
interface BiomeConfiguration {
  extends?: unknown;
  organizeImports?: Switch;
  assist?: Switch & {
    actions?: {
      recommended?: unknown;
      preset?: unknown;
      source?: { recommended?: unknown; organizeImports?: unknown };
    };
  };
}

/** Biome: it sorts wherever it is configured, unless that is switched off. */
export const biome: ImportSorter = {
  name: 'Biome',
  language: 'javascript',
  program: 'biome',
  setting: async (read) => {
    for (const name of ['biome.json', 'biome.jsonc', '.biome.json', '.biome.jsonc']) {
      const text = await read(name);
      if (text !== undefined) return settingOf(readJson(text));
    }
    return undefined;
  },
  // Formatter and linter are off; whether imports are sorted stays with the configuration.
  sort: async (text, path, run) => {
    const args = ['check', '--write', '--colors=off', '--formatter-enabled=false', '--linter-enabled=false'];
    return printed('Biome', await run([...args, `--stdin-file-path=${path}`], text));
  },
};

function settingOf(found: unknown): Setting | undefined {
  if (typeof found !== 'object' || found === null) return 'keeps';
  const { organizeImports, assist, extends: from } = found as BiomeConfiguration;
  const { actions } = assist ?? {};
  const own = actions?.source?.organizeImports;
  const level = typeof own === 'object' && own !== null ? (own as { level?: unknown }).level : own;
  if (organizeImports?.enabled === false || assist?.enabled === false || level === 'off') return 'keeps';
  if (level !== undefined) return 'sorts';
  const isBare = actions?.recommended === false || actions?.preset === 'none' || actions?.source?.recommended === false;
  if (isBare) return 'keeps';
  // `//` stands for the configuration at the root of the repository, which is found on the way up.
  return from === '//' ? undefined : 'sorts';
}
