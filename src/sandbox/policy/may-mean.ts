/**
 * Whether a program's option parser could take `word` for `option`: attached or dotted value, bundle, abbreviation, one
 * dash or two, `_` for `-`. It may be wrong only by saying yes.
 */
export function mayMean(word: string, option: string): boolean {
  if (!option.startsWith('-')) return word === option;
  if (option.length === 2) {
    // What comes after `=` is a value in every parser that splits bundles.
    return word === option || (/^-[^-]/.test(word) && (word.slice(1).split('=')[0] ?? '').includes(option.slice(1)));
  }
  const name = option.replace(/^--?/, '');
  const given = (word.split(/[=.]/, 1)[0] ?? '').replaceAll('_', '-');
  // Go's parser and its kin take `--exec` for `-exec`; X's take `-exe`.
  if (!option.startsWith('--')) return word.startsWith(option) || given === `--${name}`;
  if (given === `-${name}`) return true;
  return given.length > 2 && given.startsWith('--') && name.startsWith(given.slice(2));
}
