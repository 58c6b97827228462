import { nearestWord } from '../../../kernel/index.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCode } from '../exit-code.ts';
import { catalogueLines } from '../report/catalogue-lines.ts';
import { reportStyle } from '../report-style.ts';
import { usageError } from '../usage-error.ts';

/** `pyagent skill list`. */
export async function listSkills(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const skills = (await context.swarm()).skills();
  const lines = options.json
    ? [JSON.stringify(skills, null, 2)]
    : catalogueLines(skills, reportStyle(context, Infinity));
  context.stdout.write(`${lines.join('\n')}\n`);
  return exitCode.done;
}

/** `pyagent skill show <name>`: what it does, needs, takes and gives, as JSON. */
export async function showSkill(context: CommandContext, name: string): Promise<number> {
  const skills = (await context.swarm()).skills();
  const skill = skills.find((each) => each.name === name);
  if (skill === undefined) {
    const names = skills.map((each) => each.name);
    const meant = nearestWord(name, names);
    const advice = meant === undefined ? `Known: ${names.join(', ')}.` : `Did you mean "${meant}"?`;
    throw usageError(`There is no skill "${name}". ${advice}`, { name });
  }
  context.stdout.write(`${JSON.stringify(skill, null, 2)}\n`);
  return exitCode.done;
}
