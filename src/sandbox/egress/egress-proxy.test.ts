import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { createServer as createHttpServer, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { type EgressDecision, type EgressProxyOptions, startEgressProxy } from '../index.ts';
import { forbiddenAddress } from './forbidden-address.ts';
import { serverName } from './server-name.ts';
import { readTarget } from './target.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

/** A server on loopback that says hello; its port. */
async function hello(): Promise<number> {
  const server = createHttpServer((message, response) => response.end(`hello ${message.url} ${message.headers.host}`));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A proxy for one test. Whatever it dials goes to a server on loopback: nothing of a test leaves the machine. */
async function proxy(t: TestContext, options: Partial<EgressProxyOptions> & { hosts: string[] }) {
  const dialled: string[] = [];
  const decisions: EgressDecision[] = [];
  const port = await hello();
  const started = await startEgressProxy({
    socketPath: join(mkdtempSync(join(tmpdir(), 'egress-')), 'p', 'egress.sock'),
    resolve: async () => ['93.184.215.14'],
    dial: (address, wanted) => {
      dialled.push(`${address}:${wanted}`);
      return connect({ host: '127.0.0.1', port });
    },
    onDecision: (decision) => decisions.push(decision),
    ...options,
  });
  t.after(() => started.close());
  return { ...started, dialled, decisions };
}

/** Sends bytes and gives everything that comes back. */
function exchange(socketPath: string, ...pieces: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    let answer = '';
    const done = () => resolve(answer);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('end', done).on('close', done).on('error', done);
    socket.setTimeout(1500, () => socket.destroy());
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((next) => setImmediate(next));
      }
    })();
  });
}

const get = (url: string, host: string, more = '') =>
  `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`;

test('a host that the policy names is reached, with the address that was checked', async (t) => {
  const { socketPath, dialled, decisions } = await proxy(t, { hosts: ['allowed.test', '*.wild.test'] });
  assert.match(
    await exchange(socketPath, get('http://allowed.test/a?b', 'allowed.test')),
    /hello \/a\?b allowed\.test/,
  );
  assert.match(await exchange(socketPath, get('http://A.Wild.Test./x', 'a.wild.test')), /hello \/x/);
  assert.deepEqual(dialled, ['93.184.215.14:80', '93.184.215.14:80']);
  assert.ok(decisions.every(({ allowed }) => allowed));
  const tunnel = await exchange(
    socketPath,
    'CONNECT allowed.test:80 HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
    get('/t', 'allowed.test'),
  );
  assert.match(tunnel, /200 Connection established[\s\S]*hello \/t/);
});

test('an empty list is no permission, and nothing else than what is named is reached', async (t) => {
  const none = await proxy(t, { hosts: [] });
  assert.match(await exchange(none.socketPath, get('http://allowed.test/', 'allowed.test')), /^HTTP\/1\.1 403/);
  const { socketPath, dialled } = await proxy(t, { hosts: ['allowed.test', '*.wild.test', 'ported.test:8443'] });
  for (const host of [
    'evilallowed.test',
    'allowed.test.evil.test',
    'wild.test',
    'xwild.test',
    'allowed.test:8080',
    'allowed.test:22',
    'ported.test',
    'ported.test:443',
    'user@allowed.test',
    'allowed.test\\@evil.test',
    'allowed.test%00.evil.test',
    'allowed.test%2eevil.test',
    'allowed..test',
    `${'a'.repeat(300)}.test`,
    '',
  ]) {
    const connected = await exchange(
      socketPath,
      `CONNECT ${host.includes(':') ? host : `${host}:443`} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    assert.doesNotMatch(connected, / 200 /, host);
    const got = await exchange(socketPath, get(`http://${host}/`, host));
    assert.doesNotMatch(got, / 200 /, host);
  }
  assert.deepEqual(dialled, []);
  assert.deepEqual(none.dialled, []);
});

test('addresses that are not the public internet are refused, however they are written', async (t) => {
  const { socketPath, dialled } = await proxy(t, {
    hosts: ['a.test', '127.0.0.1', '169.254.169.254', '[::1]', '0.0.0.0'],
  });
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '169.254.169.254',
    '0xa9fea9fe',
    '2852039166',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '[::]',
  ]) {
    assert.doesNotMatch(await exchange(socketPath, get(`http://${host}/`, host)), / 200 /, host);
    assert.doesNotMatch(
      await exchange(socketPath, `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
      / 200 /,
      host,
    );
  }
  assert.deepEqual(dialled, []);
});

test('a name that leads inside is refused, also when only one of its addresses does', async (t) => {
  const answers: Record<string, string[]> = {
    'loop.test': ['127.0.0.1'],
    'meta.test': ['169.254.169.254'],
    'meta6.test': ['fd00:ec2::254'],
    'private.test': ['192.168.1.1'],
    'mixed.test': ['93.184.215.14', '10.0.0.1'],
    'mapped.test': ['::ffff:10.0.0.1'],
    'nat64.test': ['64:ff9b::7f00:1'],
    'sixtofour.test': ['2002:7f00:1::'],
    'link.test': ['fe80::1%eth0'],
    'nothing.test': [],
  };
  const { socketPath, dialled, decisions } = await proxy(t, {
    hosts: Object.keys(answers),
    resolve: async (host) => answers[host] ?? [],
  });
  for (const host of Object.keys(answers))
    assert.match(await exchange(socketPath, get(`http://${host}/`, host)), /^HTTP\/1\.1 403/, host);
  assert.deepEqual(dialled, []);
  assert.ok(decisions.every(({ allowed, reason }) => !allowed && reason !== ''));
});

test('a name is resolved once for each connection: an answer that changes later changes nothing', async (t) => {
  const answers = [['93.184.215.14'], ['127.0.0.1'], ['127.0.0.1']];
  let asked = 0;
  const { socketPath, dialled } = await proxy(t, {
    hosts: ['rebind.test'],
    resolve: async () => answers[asked++] ?? [],
  });
  assert.match(await exchange(socketPath, get('http://rebind.test/', 'rebind.test')), /hello/);
  assert.equal(asked, 1);
  assert.match(await exchange(socketPath, get('http://rebind.test/', 'rebind.test')), /^HTTP\/1\.1 403/);
  assert.deepEqual(dialled, ['93.184.215.14:80']);
});

test('this machine is reached only where the policy writes it out with its port', async (t) => {
  const port = await hello();
  const resolve = async () => ['127.0.0.1'];
  const dial = (address: string, wanted: number): Socket => connect({ host: address, port: wanted });
  const { socketPath } = await proxy(t, { hosts: [`localhost:${port}`, `*.test:${port}`], resolve, dial });
  assert.match(await exchange(socketPath, get(`http://localhost:${port}/x`, `localhost:${port}`)), /hello \/x/);
  assert.match(
    await exchange(socketPath, get(`http://a.test:${port}/x`, `a.test:${port}`)),
    /leads to loopback|this machine/,
  );
});

test('behind the host that was asked for no other one is reached', async (t) => {
  const { socketPath, dialled } = await proxy(t, { hosts: ['allowed.test'] });
  assert.match(await exchange(socketPath, get('http://allowed.test/', 'denied.test')), /403[\s\S]*names another host/);
  for (const servername of ['denied.test', '']) {
    const through = connect(socketPath);
    through.write('CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
    await new Promise((resolve) => through.once('data', resolve));
    const tls = connectTls({ socket: through, servername, rejectUnauthorized: false });
    await new Promise((resolve) => tls.once('error', resolve).once('close', resolve));
  }
  const plain = await exchange(
    socketPath,
    'CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: denied.test\r\n\r\n',
  );
  assert.doesNotMatch(plain, /hello/);
  assert.deepEqual(dialled, []);
  const through = connect(socketPath);
  through.write('CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test\r\n\r\n');
  await new Promise((resolve) => through.once('data', resolve));
  const tls = connectTls({ socket: through, servername: 'allowed.test', rejectUnauthorized: false });
  await new Promise((resolve) => tls.once('error', resolve).once('close', resolve));
  assert.deepEqual(dialled, ['93.184.215.14:443']);
});

test('two requests in one connection cannot smuggle a host', async (t) => {
  const { socketPath, decisions } = await proxy(t, { hosts: ['allowed.test'] });
  const second = 'GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n';
  for (const first of [
    `POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nHost: denied.test\r\n\r\n`,
    `GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n`,
  ]) {
    const answer = await exchange(socketPath, first + second);
    assert.doesNotMatch(answer, /hello[\s\S]*denied/, first);
  }
  assert.ok(decisions.filter(({ host }) => host.includes('denied')).every(({ allowed }) => !allowed));
});

test('what is between two connections alone is not passed on', async (t) => {
  const seen: Record<string, unknown>[] = [];
  const server = createHttpServer((message, response) => {
    seen.push(message.headers);
    response.end('ok');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { socketPath } = await proxy(t, { hosts: ['allowed.test'], dial: () => connect({ host: '127.0.0.1', port }) });
  await exchange(
    socketPath,
    get(
      'http://allowed.test/',
      'allowed.test',
      'Proxy-Authorization: Basic eHg6eXk=\r\nTE: trailers\r\nX-Kept: yes\r\n',
    ),
  );
  assert.equal(seen[0]?.['proxy-authorization'], undefined);
  assert.equal(seen[0]?.te, undefined);
  assert.equal(seen[0]?.['x-kept'], 'yes');
});

test('a redirect is a new request, and judged as one', async (t) => {
  const { socketPath } = await proxy(t, { hosts: ['allowed.test'] });
  const status = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ socketPath, path, headers: { host: new URL(path).host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  assert.equal(await status('http://allowed.test/'), 200);
  assert.equal(await status('http://denied.test/'), 403);
});

test('a client that says nothing is let go', async (t) => {
  const { socketPath } = await proxy(t, { hosts: ['allowed.test'], idleMs: 100 });
  const socket = connect(socketPath);
  await new Promise((resolve) => socket.once('close', resolve).once('error', resolve));
});

test('each block that is not the public internet is known, in every form', () => {
  for (const address of [
    '10.1.2.3',
    '100.64.0.1',
    '127.9.9.9',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '64:ff9b::808:808',
    '2001::1',
    '2002:a00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'not an address',
  ])
    assert.notEqual(forbiddenAddress(address), undefined, address);
  for (const address of ['8.8.8.8', '93.184.215.14', '100.63.255.255', '172.32.0.1', '2606:2800:21f:cb07::1'])
    assert.equal(forbiddenAddress(address), undefined, address);
  assert.equal(forbiddenAddress('8.8.8.8', ['8.8.8.8']), 'this machine');
});

test('a target has one spelling, and reading it again changes nothing', () => {
  const piece = fc.constantFrom(
    'a',
    'Z',
    '.',
    '..',
    '-',
    '_',
    ':',
    '80',
    '[',
    ']',
    '::1',
    '0x7f',
    '%',
    '@',
    '\0',
    ' ',
    'ß',
    'xn--',
    '。',
    '１',
    '/',
    '\\',
    '127.1',
    'test',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const reading = readTarget(pieces.join(''), 80);
      if (reading.kind === 'refused') return;
      const { host, port, literal } = reading.target;
      assert.match(host, /^[a-z0-9_.:-]+$/);
      const again = readTarget(literal && host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
      assert.deepEqual(again, reading);
    }),
    { numRuns: 3000 },
  );
});

test('the server name is found in a greeting of any cut, and in nothing else', async () => {
  const greeting = await new Promise<Buffer>((resolve) => {
    const server = createServer((socket) =>
      socket.once('data', (bytes: Buffer) => {
        resolve(bytes);
        socket.destroy();
      }),
    );
    servers.push(server);
    server.listen(0, '127.0.0.1', () => {
      connectTls({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, servername: 'Name.test' }).on(
        'error',
        () => undefined,
      );
    });
  });
  assert.deepEqual(serverName(greeting), { kind: 'name', name: 'name.test' });
  for (let length = 0; length < greeting.length; length += 7)
    assert.equal(serverName(greeting.subarray(0, length)).kind, 'more', String(length));
  assert.equal(serverName(Buffer.from('GET / HTTP/1.1\r\n')).kind, 'not-tls');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(greeting.length - 1), (noise, at) => {
      serverName(noise);
      serverName(Buffer.concat([greeting.subarray(0, at), noise, greeting.subarray(at + noise.length)]));
    }),
    { numRuns: 2000 },
  );
});
