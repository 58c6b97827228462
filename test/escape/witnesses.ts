import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { ToolBox } from './tool-box.ts';

/** Listeners on loopback that nobody inside may reach, and a process that nobody inside may touch. */
export interface Witnesses {
  tcp: number;
  tcp6: number;
  udp: number;
  /** Sockets by path: in the workspace and outside of it. */
  inside: string;
  beside: string;
  /** A socket by an abstract name. */
  abstract: string;
  victim: number;
  /** What has happened to them since, as sentences. */
  evidence(): string[];
  close(): Promise<void>;
}

interface Surroundings {
  outside: string;
  workspace: string;
  secret: string;
  tools: ToolBox;
}

/** Starts them. All are on this machine's own loopback or file system. */
export async function witnesses({ outside, workspace, secret, tools }: Surroundings): Promise<Witnesses> {
  const reached: string[] = [];
  const hear = async (name: string, where: { host: string; port: number } | { path: string }) => {
    const server = createServer((socket) => {
      reached.push(`${name} was reached`);
      socket
        .on('error', () => undefined)
        .resume()
        .end(`${secret}\n`);
    });
    server.listen(where);
    await once(server, 'listening');
    return server;
  };
  const abstract = `pyagent-escape-${process.pid}-${secret.slice(-12)}`;
  const [inside, beside] = [join(workspace, 'service.sock'), join(outside, 'service.sock')];
  const tcp = await hear('a service on 127.0.0.1', { host: '127.0.0.1', port: 0 });
  const tcp6 = await hear('a service on ::1', { host: '::1', port: 0 }).catch(() => undefined);
  const servers = [
    tcp,
    await hear('a socket in the workspace', { path: inside }),
    await hear('a socket beside the workspace', { path: beside }),
    await hear('a socket with an abstract name', { path: `\0${abstract}` }),
    ...(tcp6 === undefined ? [] : [tcp6]),
  ];
  const udp = createSocket('udp4', () => reached.push('a datagram arrived'));
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const victim = startVictim(tools, secret);
  const unharmed = harmOf(victim.pid ?? 0);
  return {
    tcp: portOf(tcp),
    tcp6: tcp6 === undefined ? 0 : portOf(tcp6),
    udp: udp.address().port,
    inside,
    beside,
    abstract,
    victim: victim.pid ?? 0,
    evidence: () => {
      const harm = harmOf(victim.pid ?? 0);
      return harm === unharmed ? reached : [...reached, `a process outside was harmed: ${unharmed} became ${harm}`];
    },
    close: async () => {
      victim.kill('SIGKILL');
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      await new Promise<void>((resolve) => udp.close(() => resolve()));
    },
  };
}

const portOf = (server: Server) => (server.address() as { port: number }).port;

/** A process of the same user, with the secret in its words and in its environment. */
function startVictim(tools: ToolBox, secret: string): ChildProcess {
  return spawn(tools.probe, ['linger', secret, '60'], { env: { API_TOKEN: secret }, stdio: 'ignore', detached: true });
}

/** How a process is: alive, its priority and its limit of open files. */
function harmOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const files = /^Max open files.*$/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1'))?.[0] ?? '';
    const alive = fields[0] === 'Z' || fields[0] === 'T' || fields[0] === 't' ? fields[0] : 'alive';
    return `${alive}, priority ${fields[16]}, ${files.replaceAll(/\s+/g, ' ')}`;
  } catch {
    return 'gone';
  }
}

/** Processes on this machine whose words hold `mark`. */
export function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
}
