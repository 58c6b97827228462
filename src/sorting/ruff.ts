import { section } from './config-section.ts';
import { type ImportSorter, printed, type Setting } from './import-sorter.ts';

/** ruff, where its rules of isort are selected. */
export const ruff: ImportSorter = {
  name: 'ruff',
  language: 'python',
  program: 'ruff',
  setting: async (read) => {
    for (const name of ['.ruff.toml', 'ruff.toml']) {
      const text = await read(name);
      if (text !== undefined) return settingOf([section(text), section(text, 'lint')]);
    }
    const text = (await read('pyproject.toml')) ?? '';
    const sections = [section(text, 'tool.ruff'), section(text, 'tool.ruff.lint')];
    return sections.every((one) => one === undefined) ? undefined : settingOf(sections);
  },
  sort: async (text, path, run) => {
    const args = ['check', '--select=I001', '--fix', '--exit-zero', '--no-cache', '--quiet', '--force-exclude'];
    return printed('ruff', await run([...args, `--stdin-filename=${path}`, '-'], text));
  },
};

function settingOf(sections: readonly (string | undefined)[]): Setting | undefined {
  const text = sections.join('\n');
  const selected = codes(text, /^\s*(?:lint\.)?(?:extend-)?select\s*=\s*\[([^\]]*)\]/gm);
  const ignored = codes(text, /^\s*(?:lint\.)?(?:extend-)?ignore\s*=\s*\[([^\]]*)\]/gm);
  if (ignored.some(isSorting)) return 'keeps';
  if (selected.some((code) => isSorting(code) || code === 'ALL')) return 'sorts';
  // What it extends may select the rules.
  return /^\s*extend\s*=/m.test(text) ? undefined : 'keeps';
}

function codes(text: string, list: RegExp): string[] {
  const inside = [...text.matchAll(list)].map(([, items = '']) => items.replace(/#.*$/gm, ''));
  return inside.flatMap((items) => [...items.matchAll(/["']([A-Z]+\d*)["']/g)].map(([, code = '']) => code));
}

/** `I`, `I0`, `I00` and `I001` select the sorting of imports. */
function isSorting(code: string): boolean {
  return code.startsWith('I') && 'I001'.startsWith(code);
}
