import type { JsonObject } from '../../../kernel/index.ts';
import { SETTING_NAMES, SETTINGS } from './settings.ts';

/** The published schema of a settings file, `schemas/config.v1.json`. */
export function configSchema(): JsonObject {
  const properties = SETTING_NAMES.map((name) => {
    const { description, kind, notByProject } = SETTINGS[name];
    const note = notByProject === undefined ? '' : ` Only in the user's own file: ${notByProject}.`;
    return [name, { description: `${description}${note}`, ...kind.schema, default: SETTINGS[name].default }] as const;
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'config.v1.json',
    title: 'PyAgent settings',
    description: "A project's pyagent.jsonc or the user's config.jsonc. Comments and trailing commas are allowed.",
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Where an editor finds this schema.' },
      ...Object.fromEntries(properties),
    },
  };
}
