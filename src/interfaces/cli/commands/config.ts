import type { CommandContext } from '../command-context.ts';
import type { ConfigSource } from '../config/load-config.ts';
import { SETTING_NAMES, SETTINGS, type Settings } from '../config/settings.ts';
import { reportStyle } from '../report-style.ts';
import { repositoryPath } from '../repository-path.ts';
import { configOf, type TaskOptions } from '../task-request.ts';
import { pad } from '../view/cell-width.ts';
import { printable } from '../view/printable.ts';

/** `pyagent config`: each setting and where it came from. */
export async function showConfig(context: CommandContext, options: Partial<TaskOptions>): Promise<number> {
  const root = await repositoryPath(options.path ?? '.', context.environment.cwd());
  const config = await configOf(context, options, root);
  if (options.json) {
    // JSON has no `undefined`: an absent limit is null, so that the key is there.
    const document = Object.fromEntries(
      SETTING_NAMES.map((name) => [name, { value: config[name].value ?? null, source: config[name].source }]),
    );
    context.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return 0;
  }
  const { paint } = reportStyle(context, Infinity);
  for (const name of SETTING_NAMES) {
    const { value, source } = config[name];
    const where = printable(sourceText(source, name));
    context.stdout.write(`${pad(name, 15)} ${pad(printable(valueText(name, value)), 24)} ${paint.dim(where)}\n`);
  }
  return 0;
}

function valueText(name: keyof Settings, value: Settings[keyof Settings]): string {
  const { toText } = SETTINGS[name].kind;
  if (toText) return toText(value as never);
  if (Array.isArray(value)) return value.length === 0 ? 'everything' : value.join(' ');
  return String(value);
}

function sourceText(source: ConfigSource, name: keyof Settings): string {
  switch (source.kind) {
    case 'default':
      return `default (${SETTINGS[name].variable})`;
    case 'flag':
    case 'variable':
      return source.name;
    default:
      return `${source.kind}: ${source.name}`;
  }
}
