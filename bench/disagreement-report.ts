import type { Disagreement } from './disagreement.ts';

/** The page that lists every disagreement, grouped by its reason. What nobody explained comes first and is counted. */
export function disagreementReport(all: Disagreement[], compared: string[]): string {
  const unexplained = all.filter(({ reason }) => reason === undefined);
  const sections = Map.groupBy(all, ({ tree, peer }) => `${tree}: PyAgent and ${peer}`);
  const agreed = compared.filter((title) => !sections.has(title)).map((title) => `## ${title}\n\nNo disagreement.`);
  const parts = [...sections].map(([title, own]) => `## ${title}\n\n${own.length} disagreements.\n\n${groups(own)}`);
  return `# Disagreements

Written by \`npm run bench\`; not edited by hand. Everything that PyAgent says of a real, unplanted tree and another tool does
not, or the other way round, with the reason. The reasons stand in \`bench/disagreement-reasons.json\`.

${all.length} disagreements, ${unexplained.length} of them unexplained.

${[...agreed, ...parts].join('\n\n')}
`;
}

function groups(own: Disagreement[]): string {
  const byReason = Map.groupBy(own, ({ side, reason }) => `**${side}**: ${reason ?? 'UNEXPLAINED'}`);
  const ordered = [...byReason].toSorted(
    ([one], [other]) => Number(other.endsWith('UNEXPLAINED')) - Number(one.endsWith('UNEXPLAINED')),
  );
  return ordered
    .map(([title, list]) => `${title} (${list.length})\n\n${list.map(({ what }) => `- \`${what}\``).join('\n')}`)
    .join('\n\n');
}
