import type { Random } from './random.ts';
import type { EdgeKind } from './shape.ts';

/** What a module of the generated tree offers; `n` is its number. */
export interface ModuleFace {
  n: number;
  /** `import x from` works. */
  hasDefault: boolean;
  /** A `.js` file has no types to import. */
  hasTypes: boolean;
}

/** One import that the text of a module has to contain and use. */
export interface PlannedImport {
  specifier: string;
  target: ModuleFace;
  kind: EdgeKind;
}

export interface ModulePlan extends ModuleFace {
  jsx: boolean;
  imports: PlannedImport[];
  /** Packages outside the tree. Each exports `value` and a default function. */
  externals: string[];
  /** Modules whose names this one exports again. */
  reexports: PlannedImport[];
}

interface Written {
  imports: string[];
  types: string[];
  statements: string[];
}

const licence =
  '/*\n * Copyright the authors of this generated repository.\n * SPDX-License-Identifier: Apache-2.0\n */\n\n';

/** The text of one module: every name it imports is used, and nothing happens when it is loaded. */
export function typescriptModule(plan: ModulePlan, source: Random): string {
  const written: Written = { imports: [], types: [], statements: [] };
  if (plan.jsx) written.imports.push("import * as React from 'react';");
  for (const [index, name] of plan.externals.entries()) writeExternal(name, index, written, source);
  for (const planned of plan.imports) writeImport(plan, planned, written, source);
  const reexports = plan.reexports.map((planned) => `export { make${planned.target.n} } from '${planned.specifier}';`);
  const parts = [written.imports.join('\n'), reexports.join('\n'), body(plan, written, source)];
  const text = `${source.chance(0.3) ? licence : ''}${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return source.chance(0.06) ? text.replaceAll('\n', '\r\n') : source.chance(0.03) ? `\uFEFF${text}` : text;
}

function writeExternal(name: string, index: number, written: Written, source: Random): void {
  const local = `external${index}`;
  if (source.chance(0.4)) {
    written.imports.push(`import ${local} from '${name}';`);
    written.statements.push(`total += ${local}(total);`);
  } else {
    written.imports.push(`import { value as ${local} } from '${name}';`);
    written.statements.push(`total += ${local};`);
  }
}

function writeImport(
  own: ModuleFace,
  { specifier, target, kind }: PlannedImport,
  written: Written,
  source: Random,
): void {
  const { n } = target;
  if (kind === 'type') {
    written.types.push(`Shape${n}`);
    const clause = source.pick([`type { Shape${n} }`, `{ type Shape${n} }`, `{ Shape${n} }`]);
    written.imports.push(`import ${clause} from '${specifier}';`);
    return;
  }
  const form = source.below(target.hasDefault ? 6 : 5);
  if (form === 5) {
    written.imports.push(`import render${n} from '${specifier}';`);
    written.statements.push(`total += render${n}(total);`);
  } else if (form === 4) {
    written.imports.push(`import * as space${n} from '${specifier}';`);
    written.statements.push(`total += space${n}.limit${n};`);
  } else {
    writeNamed(target, specifier, own.hasTypes && target.hasTypes ? form : form % 2, written);
  }
}

function writeNamed({ n }: ModuleFace, specifier: string, form: number, written: Written): void {
  const names = [`make${n}`];
  written.statements.push(`total += make${n}(total);`);
  if (form > 0) {
    names.push(`limit${n} as most${n}`);
    written.statements.push(`total = Math.min(total, most${n});`);
  }
  if (form > 1) {
    names.push(`type Shape${n}`);
    written.types.push(`Shape${n}`);
  }
  const lines = `{\n${names.map((name) => `  ${name},\n`).join('')}}`;
  written.imports.push(`import ${form === 3 ? lines : `{ ${names.join(', ')} }`} from '${specifier}';`);
}

function body(plan: ModulePlan, written: Written, source: Random): string {
  const { n, hasTypes } = plan;
  const number = hasTypes ? ': number' : '';
  const parts = [`/** How much ${n} may grow. */\nexport const limit${n} = ${1 + source.below(900)};`];
  if (hasTypes) parts.push(`export interface Shape${n} {\n  size: number;\n  label: string;\n}`);
  const statements = written.statements.map((statement) => `  ${statement}\n`).join('');
  const filler = Array.from({ length: source.below(12) }, () => `  total += (total * ${source.below(99)}) % 7;\n`).join(
    '',
  );
  parts.push(
    `export function make${n}(seed${number})${number} {\n  if (seed < 1) return 0;\n  let total = seed - 1;\n${statements}${filler}  return total;\n}`,
  );
  for (const [index, type] of written.types.entries()) {
    parts.push(
      `export function measure${n}x${index}(item: ${type}): number {\n  return item.size + item.label.length;\n}`,
    );
  }
  if (plan.hasDefault) {
    parts.push(`export default function render${n}(seed${number})${number} {\n  return seed + limit${n};\n}`);
  }
  if (plan.jsx)
    parts.push(
      `export function View${n}(props: { title: string }) {\n  return <p title={props.title}>{limit${n}}</p>;\n}`,
    );
  return parts.join('\n\n');
}
