/** A member of an archive: a file, or a symbolic link. */
export type Member = { name: string } & ({ text: string } | { link: string });

const BLOCK = 512;

/** An archive as no careful program would write it (POSIX ustar). */
export function tarOf(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(memberOf), Buffer.alloc(2 * BLOCK)]);
}

function memberOf(member: Member): Buffer {
  const content = Buffer.from('text' in member ? member.text : '');
  const header = Buffer.alloc(BLOCK);
  header.write(member.name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('link' in member ? '2' : '0', 156);
  if ('link' in member) header.write(member.link, 157);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding]);
}
