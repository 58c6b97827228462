import { join, posix } from 'node:path';
import { type Random, random } from '../generator/random.ts';
import { put } from '../trees/tree.ts';
import type { CyclePlant, Planting } from './plant.ts';

/** Puts rings of two to eight new modules into new packages beside `files`; every other ring holds by types alone. */
export async function plantPythonCycles(
  root: string,
  files: string[],
  options: { seed: number; rings: number },
): Promise<Planting> {
  const source = random(options.seed);
  const plants: CyclePlant[] = [];
  for (let number = 0; number < options.rings; number += 1) plants.push(await plantRing(root, files, number, source));
  return { plants, insertions: [] };
}

async function plantRing(root: string, files: string[], number: number, source: Random): Promise<CyclePlant> {
  const size = 2 + (number % 7);
  const kind = number % 2 === 0 ? 'value' : 'type';
  const folder = posix.join(posix.dirname(source.pick(files)), `planted_ring_${number}`);
  await put(join(root, folder, '__init__.py'), '');
  const members = Array.from({ length: size }, (_, index) => `${folder}/ring_${index}.py`);
  for (const [index, file] of members.entries()) {
    const next = (index + 1) % size;
    await put(join(root, file), kind === 'value' ? valueText(index, next) : typeText(index, next));
  }
  return { class: 'cycle', form: 'ring', kind, files: members.sort() };
}

function valueText(index: number, next: number): string {
  return `from . import ring_${next}\n\n\ndef turn_${index}(left):\n    return left if left < 1 else ring_${next}.turn_${next}(left - 1)\n`;
}

function typeText(index: number, next: number): string {
  return `from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .ring_${next} import Link${next}\n\n\nclass Link${index}:\n    following: "Link${next}"\n`;
}
