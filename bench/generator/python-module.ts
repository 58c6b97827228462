import type { Random } from './random.ts';
import type { EdgeKind } from './shape.ts';

/** One import that a Python module has to contain and use. */
export interface PlannedPythonImport {
  n: number;
  /** Dotted name of the package that the target lives in. */
  package: string;
  /** The importing module lives in the same package. */
  near: boolean;
  kind: EdgeKind;
  /** Part of a cycle: names of the target may not exist yet while this module is loaded. */
  cyclic: boolean;
}

export interface PythonModulePlan {
  n: number;
  imports: PlannedPythonImport[];
  /** Import names of packages outside the tree. */
  externals: string[];
}

interface Written {
  imports: string[];
  typing: string[];
  types: string[];
  statements: string[];
}

const standard = ['math', 'json', 'string', 'textwrap'];

/** The text of one module: every name it imports is used, and loading it does nothing but define. */
export function pythonModule(plan: PythonModulePlan, source: Random): string {
  const written: Written = { imports: [], typing: [], types: [], statements: [] };
  for (const name of source.sample(standard, source.below(3))) {
    written.imports.push(`import ${name}`);
    written.statements.push(`total += len(${name}.__name__)`);
  }
  for (const [index, name] of plan.externals.entries()) {
    written.imports.push(`from ${name} import value as external_${index}`);
    written.statements.push(`total += external_${index}`);
  }
  for (const planned of plan.imports) writeImport(planned, written, source);
  if (written.typing.length > 0) written.imports.unshift('from typing import TYPE_CHECKING');
  const typing = written.typing.length === 0 ? '' : `if TYPE_CHECKING:\n    ${written.typing.join('\n    ')}`;
  const parts = [`"""Part ${plan.n} of the whole."""`, written.imports.join('\n'), typing, body(plan.n, written)];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return source.chance(0.05) ? text.replaceAll('\n', '\r\n') : text;
}

function writeImport(planned: PlannedPythonImport, written: Written, source: Random): void {
  const { n, near } = planned;
  const parent = near ? '.' : planned.package;
  const module = near ? `.module_${n}` : `${planned.package}.module_${n}`;
  if (planned.kind === 'type') {
    written.typing.push(`from ${module} import Shape${n}`);
    written.types.push(`Shape${n}`);
    return;
  }
  const form = planned.cyclic ? 0 : source.below(5);
  if (form === 0) {
    written.imports.push(`from ${parent} import module_${n}`);
    written.statements.push(`total += module_${n}.make_${n}(total)`);
  } else if (form === 1 && !near) {
    written.imports.push(`import ${planned.package}.module_${n} as part_${n}`);
    written.statements.push(`total += part_${n}.make_${n}(total)`);
  } else if (form === 2) {
    written.imports.push(`from ${module} import (\n    LIMIT_${n},\n    make_${n},\n)`);
    written.statements.push(`total += min(make_${n}(total), LIMIT_${n})`);
  } else {
    written.imports.push(`from ${module} import LIMIT_${n} as most_${n}, make_${n}`);
    written.statements.push(`total += min(make_${n}(total), most_${n})`);
  }
}

function body(n: number, written: Written): string {
  const statements = written.statements.map((statement) => `    ${statement}\n`).join('');
  const measures = written.types.map(
    (type, index) => `\n\ndef measure_${n}_${index}(item: "${type}") -> int:\n    return item.size`,
  );
  return `LIMIT_${n} = ${n + 1}


class Shape${n}:
    def __init__(self, size: int) -> None:
        self.size = size


def make_${n}(seed: int) -> int:
    """Grow from a seed."""
    if seed < 1:
        return 0
    total = seed - 1
${statements}    return total${measures.join('')}`;
}
