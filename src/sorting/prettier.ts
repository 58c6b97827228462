import { type ImportSorter, printed } from './import-sorter.ts';
import { readJson } from './read-json.ts';

const CONFIGURATIONS = [
  ...['', '.json', '.json5', '.yml', '.yaml', '.toml', '.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'].map(
    (ending) => `.prettierrc${ending}`,
  ),
  ...['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'].map((ending) => `prettier.config.${ending}`),
];
const MENTION =
  /@trivago\/prettier-plugin-sort-imports|@ianvs\/prettier-plugin-sort-imports|prettier-plugin-organize-imports/;

/** Prettier with a plugin that sorts. It formats the whole file, so its result counts only where that is done already. */
export const prettier: ImportSorter = {
  name: 'Prettier',
  language: 'javascript',
  program: 'prettier',
  setting: async (read) => {
    const own = readJson((await read('package.json')) ?? '{}') as { prettier?: unknown } | undefined;
    if (own?.prettier !== undefined) return MENTION.test(JSON.stringify(own.prettier)) ? 'sorts' : 'keeps';
    for (const name of CONFIGURATIONS) {
      const text = await read(name);
      if (text !== undefined) return MENTION.test(text) ? 'sorts' : 'keeps';
    }
    return undefined;
  },
  sort: async (text, path, run) => printed('Prettier', await run([`--stdin-filepath=${path}`], text)),
};
