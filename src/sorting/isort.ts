import { section } from './config-section.ts';
import { type ImportSorter, printed } from './import-sorter.ts';

/** isort, where a configuration file has a section for it. */
export const isort: ImportSorter = {
  name: 'isort',
  language: 'python',
  program: 'isort',
  setting: async (read) => {
    if ((await read('.isort.cfg')) !== undefined) return 'sorts';
    const places = [
      ['pyproject.toml', 'tool.isort'],
      ['setup.cfg', 'isort', 'tool:isort'],
      ['tox.ini', 'isort', 'tool:isort'],
    ] as const;
    for (const [file, ...names] of places) {
      const text = await read(file);
      if (text !== undefined && names.some((name) => section(text, name) !== undefined)) return 'sorts';
    }
    return undefined;
  },
  sort: async (text, path, run) =>
    printed('isort', await run(['-', '--settings-path=.', `--filename=${path}`, '--filter-files', '--quiet'], text)),
};
