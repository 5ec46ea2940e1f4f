import { execFile } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Entry } from '../../identity/registration/index.ts';
import { service } from '../../identity/registration/registrar/testing/registrars.ts';
import { type IdentityServer, startIdentityServer } from '../../server/testing/identity-server.ts';
import { type Ended, expectDone, flat, runReeve, spawnReeve } from '../testing/run.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';

let server: IdentityServer;
let folder: string;
beforeAll(async () => {
  server = await startIdentityServer();
  await server.identity.registrar.applyEstate([
    service('orders'),
    service('web'),
    service('legacy', { identities: [] }),
  ]);
  folder = mkdtempSync(join(tmpdir(), 'reeve-cli-identity-'));
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const reeve = (args: readonly string[]): Promise<Ended> =>
  runReeve(['identity', ...args, '--server', server.origin], server.token);

const spawned = (args: readonly string[], input = ''): Promise<Ended> =>
  spawnReeve(['identity', ...args, '--server', server.origin], server.token, input);

const identity = async (...args: string[]): Promise<Ended> => expectDone(await reeve(args));
async function json<Answer>(...args: string[]): Promise<Answer> {
  return JSON.parse((await identity(...args, '--format', 'json')).stdout) as Answer;
}
const actions = async (action: string) =>
  (await server.store.audit({ limit: 9, action })).items.map(({ subject, reason }) => [
    subject,
    reason,
  ]);

describe('reeve identity', () => {
  it('says at a glance what signs, who is registered and who is not', async () => {
    const { stdout } = await identity();
    expect(stdout).toMatch(/^domain +example\.org\nsigns +x509 [0-9a-f]{32} until .*, root\n/);
    expect(stdout).toMatch(/^registered +2 identities: 2 of services, 0 by people$/m);
    expect(stdout).toMatch(/^without +1 service: `reeve identity unregistered` says why$/m);
    expect(stdout).toMatch(/^workloads +0 streams with 0 SVIDs, at\n +unix:\/\/\//m);
    expect(await json()).toMatchObject({ trustDomain: 'example.org' });
  });

  it('is a command of its own, whose refusals a script can tell', async () => {
    expect((await spawned([])).stdout).toMatch(/^domain +example\.org$/m);
    expect(await spawned(['entrys'])).toMatchObject({ status: 2, stdout: '' });
    const none = await spawned(['entry', 'entry-none']);
    expect(none).toMatchObject({ status: 2, stdout: '' });
    expect(none.stderr).toMatch(/^reeve: The server answers 404: There is no registration/);
  });
});

describe('registrations', () => {
  it('are made from options and ended, with the reason in the audit log', async () => {
    const options = [
      ...['--spiffe-id', '/batch', '--selector', 'unix:uid:7', '--selector', 'unix:path:/b'],
      ...['--owner', 'team-batch', '--x509-ttl', '600', '--dns-name', 'batch.example'],
      ...['--hint', 'night', '--reason', 'the nightly run'],
    ];
    const { stdout } = await identity('register', ...options);
    const [, id = ''] =
      /^registered (entry-[0-9a-f]{16})\n {2}spiffe:.*batch\n$/.exec(stdout) ?? [];
    expect(await json<Entry>('entry', id)).toMatchObject({
      spiffeId: 'spiffe://example.org/batch',
      selectors: ['unix:path:/b', 'unix:uid:7'],
      owner: 'team-batch',
      x509TtlSeconds: 600,
      dnsNames: ['batch.example'],
      hint: 'night',
      origin: 'person',
    });
    expect(await actions('identity.register')).toContainEqual([
      ...['spiffe://example.org/batch', 'the nightly run'],
    ]);
    const shown = await identity('entry', '/batch');
    expect(shown.stdout).toMatch(/^asks for +unix:path:\/b\n +unix:uid:7$/m);
    expect(shown.stdout).toMatch(/^lifetimes +X\.509 10 min, JWT 5 min$/m);
    const updated = await identity('update', id, '--hint', '', '--jwt-ttl', '90');
    expect(updated.stdout).toMatch(/^lifetimes +X\.509 10 min, JWT 90 s$/m);
    expect(updated.stdout).not.toContain('hint');
    const retired = await identity('retire', id, '--reason', 'no longer');
    expect(retired.stdout).toBe(`retired ${id}\n  spiffe://example.org/batch\n`);
    expect(await actions('identity.retire')).toEqual([['spiffe://example.org/batch', 'no longer']]);
    const again = await reeve(['retire', id]);
    expect(again).toMatchObject({ status: 2, stdout: '' });
    expect(again.stderr).toMatch(/There is no registration/);
  });

  it('are made from a file, several at once', async () => {
    const file = join(folder, 'entries.yaml');
    const both = ['a', 'b'].map(
      (name) =>
        `spiffeId: spiffe://example.org/${name}\nowner: team\nselectors: ["unix:user:${name}"]\n`,
    );
    writeFileSync(file, both.join('---\n'));
    expect(
      (await identity('register', '--file', file)).stdout.match(/^registered /gm),
    ).toHaveLength(2);
    const list = JSON.stringify([{ ...entryOf('c'), hint: 'x' }, entryOf('d')]);
    expect((await spawned(['register', '--file', '-'], list)).status).toBe(0);
    const { items, total } = await json<{ items: Entry[]; total: number }>(
      ...['entries', '--origin', 'person'],
    );
    expect(items.map(({ spiffeId }) => spiffeId.at(-1))).toEqual(['a', 'b', 'c', 'd']);
    expect(total).toBe(4);
  });

  const entryOf = (name: string) => ({
    spiffeId: `spiffe://example.org/${name}`,
    owner: 'team',
    selectors: [`unix:user:${name}`],
  });

  it.each<[string, string, RegExp]>([
    [
      'without an owner',
      'spiffeId: spiffe://example.org/a\nselectors: [unix:uid:1]\n',
      /x:1: owner/,
    ],
    [
      'with wrong values',
      '- spiffeId: spiffe://example.org/a\n  owner: a\n  selectors:\n    - unix:uid:1\n    - what\n  ttl: 3\n',
      /x:5: selectors\.1: must read like.*x:1: the entry: .*ttl/s,
    ],
    ['that is no YAML', 'a: [', /x:1/],
    ['that is empty', '', /has no entry/],
  ])('%s in a file are told with their line', async (_, text, message) => {
    const file = join(folder, 'x');
    writeFileSync(file, text);
    const { status, stderr } = await reeve(['register', '--file', file]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it.each([
    [['register', '--selector', 'unix:uid:1'], /give --spiffe-id, --selector and --owner/],
    [
      [
        ...['register', '--spiffe-id', '/x', '--selector', 'a:b:c', '--owner', 'me'],
        '--service',
        'x',
      ],
      /There is no service `x`/,
    ],
    [['revoke', '--service', 'production/shop/none'], /No registration is for the service/],
    [['register', '--file', 'none.yaml'], /`none\.yaml` cannot be read/],
    [['entry', 'spiffe://example.org/none'], /Nothing is registered as/],
    [['update', ORDERS, '--owner', 'me'], /follows the estate/],
    [['rotate', 'all'], /use x509 or jwt/],
    [['revoke'], /Name either SPIFFE IDs or a service/],
    [['explain'], /give --selector, or --pid/],
    [['join-token', 'create', '--agent', 'a b'], /use letters, digits/],
    [['join-token', 'delete', 'ffff'], /is no join token/],
    [['federation', 'show', 'other.example'], /There is no federation/],
    [['federation', 'set', 'other.example', '--url', 'http://x'], /must be an https URL/],
  ])('and the rest say what is wrong with %j', async (args, message) => {
    const { status, stdout, stderr } = await reeve(args);
    expect([status, stdout, flat(stderr)]).toEqual([2, '', expect.stringMatching(message)]);
  });

  it('are listed by service, owner and words', async () => {
    const { stdout } = await identity('entries', '--owner', 'team-orders');
    expect(stdout).toMatch(
      /^entry +identity +owner +by\nentry-[0-9a-f]{16} +example\.org\/ns\/shop\/sa\/orders +team-orders +estate$/m,
    );
    expect((await identity('entries', '--search', 'nothing')).stdout).toBe('None.\n');
    expect((await identity('entries', '--limit', '1')).stdout).toMatch(/^\d more rows: raise/m);
  });
});

describe('explanations', () => {
  it('say who gets what, and what is lacking', async () => {
    const selectors = ['--selector', 'k8s:ns:shop', '--selector', 'k8s:sa:orders'];
    expect((await identity('explain', ...selectors)).stdout).toMatch(
      /^spiffe:\/\/example\.org\/ns\/shop\/sa\/orders\n {2}by entry entry-\S+ of team-orders\n$/,
    );
    const none = await identity('explain', '--selector', 'k8s:ns:shop');
    expect(none.stdout).toMatch(
      /^No identity: .*\n {2}k8s:ns:shop\nentry spiffe.*\n {2}lacks k8s:sa/,
    );
  });

  it.runIf(process.platform === 'linux')('look at a process of this machine', async () => {
    const { stdout } = await identity('explain', '--pid', String(process.pid));
    expect(stdout).toContain(`unix:uid:${process.getuid?.()}`);
    const gone = await reeve(['explain', '--pid', '4194305']);
    expect([gone.status, gone.stderr]).toEqual([2, expect.stringMatching(/has ended/)]);
  });

  it('say which services have none', async () => {
    const { stdout } = await identity('unregistered');
    expect(stdout).toMatch(/^production\/shop\/legacy\n {2}no service account of legacy is known/);
    const all = await identity('unregistered', '--search', 'nothing');
    expect(all.stdout).toBe('Every service that is known to run has an identity.\n');
  });
});

describe.runIf(process.platform === 'linux')('the identity of this process', () => {
  const ID = 'spiffe://example.org/this/process';
  const uid = `unix:uid:${process.getuid?.()}`;
  const fetch = (...more: string[]) => [
    ...['fetch', '--socket', server.identity.host?.address ?? '', ...more],
  ];

  it('is fetched as any workload does, and written to files that OpenSSL takes', async () => {
    const none = await reeve(fetch());
    expect([none.status, none.stderr]).toEqual([2, expect.stringMatching(/No identity is issued/)]);
    const options = ['--spiffe-id', ID, '--selector', uid, '--dns-name', 'me.example'];
    await identity('register', ...options, '--owner', 'me', '--hint', 'me');
    const out = join(folder, 'svids');
    mkdirSync(out);
    // a file that others may read does not get a key
    writeFileSync(join(out, 'svid.0.key'), '', { mode: 0o644 });
    const { stdout } = await identity(...fetch('--write', out));
    expect(stdout).toMatch(
      /^identity +spiffe:\/\/example\.org\/this\/process\nhint +me\nDNS names +me\.example\nuntil +\d/,
    );
    const file = (name: string) => readFileSync(join(out, name), 'utf8');
    const leaf = new X509Certificate(file('svid.0.pem'));
    const root = new X509Certificate(file('bundle.0.pem'));
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(file('svid.0.key')))).toBe(true);
    expect(statSync(join(out, 'svid.0.key')).mode & 0o777).toBe(0o600);
    const [shown] = await json<{ serialNumber: string }[]>(...fetch());
    expect(shown?.serialNumber).toBe(leaf.serialNumber.toLowerCase());
  });

  it('is fetched as a token', async () => {
    const { stdout } = await reeve(fetch('--audience', 'shop', '--audience', 'pay'));
    const [, claims = ''] = stdout.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      sub: ID,
      aud: ['shop', 'pay'],
    });
  });

  it.each([
    [['--spiffe-id', ORDERS], /This process is not .*orders`, but spiffe:.*process/],
    [['--socket', 'tcp:1'], /is no Unix socket/],
    [['--socket', 'unix:///tmp/reeve-none.sock'], /Nobody serves identities at/],
  ])('is not fetched with %j', async (more, message) => {
    const { status, stderr } = await reeve(fetch(...more));
    expect([status, flat(stderr)]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe('authorities', () => {
  it('are shown, rotated and tainted', async () => {
    const { stdout } = await identity('authorities');
    const [, id = ''] = /^x509 +([0-9a-f]{32}) +active +\d{4}-/m.exec(stdout) ?? [];
    const rotated = await identity('rotate', 'jwt', '--reason', 'drill');
    expect(rotated.stdout).toMatch(/^jwt +\S+ +active, leaving/m);
    expect(flat(rotated.stderr)).toMatch(/`reeve identity authorities` shows how far it is/);
    expect((await actions('authority.rotate'))[0]?.[1]).toBe('drill');
    const tainted = await identity('taint', id, '--urgent', '--reason', 'key was published');
    expect(tainted.stdout).toMatch(new RegExp(`^x509 +${id} +\\w+, tainted`, 'm'));
    expect(await actions('authority.taint')).toEqual([[id, 'key was published']]);
  });

  it('give their bundle to files and pipes', async () => {
    // An authority that was tainted is replaced at any time, so what is given may just have changed.
    await vi.waitFor(async () => {
      const pem = (await identity('bundle')).stdout;
      const spiffe = (await reeve(['bundle', '--format', 'spiffe'])).stdout;
      const { x509Authorities, jwtAuthorities } = server.identity.keeper.bundle;
      const { raw } = new X509Certificate(pem);
      expect(x509Authorities.some((der) => raw.equals(der))).toBe(true);
      const count = x509Authorities.length + jwtAuthorities.length;
      expect(JSON.parse(spiffe).keys).toHaveLength(count);
    });
  });
});

describe('revocation', () => {
  it('is told, listed and lifted', async () => {
    const revoked = await identity('revoke', '/ns/shop/sa/web', '--why', 'keyCompromise');
    expect(revoked.stdout).toMatch(
      /^revoked spiffe:\/\/example\.org\/ns\/shop\/sa\/web\nwith 0 certificates; the deny list/,
    );
    const { stdout } = await identity('denied', '--search', '/web');
    expect(stdout).toMatch(/^denial-\w+ +identity +\S*\/web +lifted$/m);
    const lifted = await identity('lift', '/ns/shop/sa/web', '--reason', 'found again');
    expect(lifted.stdout).toMatch(/^lifted denial-/);
    expect((await identity('denied', '--search', '/web')).stdout).toBe('Nothing is denied.\n');
    expect((await reeve(['lift', '/ns/shop/sa/web'])).stderr).toMatch(/is not denied/);
  });

  it('of many paths asks for the trust domain once', async () => {
    const asked = vi.spyOn(globalThis, 'fetch');
    await identity('revoke', '/many/a', '/many/b', '/many/c');
    const paths = asked.mock.calls.map(([address]) => new URL(String(address)).pathname);
    asked.mockRestore();
    expect(paths).toEqual(['/api/v1/identity', '/api/v1/identity/denials']);
  });

  it('of what was issued only lets workloads have new SVIDs', async () => {
    interface Revoked {
      denials: { issuedBefore: string | null; until: string | null }[];
    }
    // the estate does not know the service, and it is registered all the same
    const service = 'production/shop/orders';
    const { denials } = await json<Revoked>('revoke', '--service', service, '--reissue');
    expect(denials).toMatchObject([
      { issuedBefore: expect.any(String), until: expect.any(String) },
    ]);
  });
});

describe('agents', () => {
  it('are let in by a token, which alone is on standard output', async () => {
    const { stdout, stderr } = await identity('join-token', 'create', '--agent', 'edge-1');
    expect(stdout).toMatch(/^reeve_join_[\w-]{43}\n$/);
    expect(flat(stderr)).toMatch(
      /edge-1 may join with it once.* reeve agent --server 127\.0\.0\.1:\d+ \\ --trust-domain example\.org \\ --join-token-file join\.token \\ --trust-bundle-sha256 \\ [0-9a-f]{64}/,
    );
    const list = await identity('join-token', 'list');
    const [, id = ''] = /^([0-9a-f]{12}) +\S*edge-1 +\d{4}-.* - +admin$/m.exec(list.stdout) ?? [];
    expect((await identity('join-token', 'delete', id)).stdout).toMatch(/^deleted [0-9a-f]{12} of/);
    expect((await identity('join-token', 'list')).stdout).toBe('None.\n');
  });

  it('are listed', async () => {
    expect((await identity('agents')).stdout).toBe('No agent is connected.\n');
    await server.joinAgent((await reeve(['join-token', 'create', '--agent', 'a/b'])).stdout.trim());
    expect((await identity('agents')).stdout).toMatch(
      /^example\.org\/reeve\/agent\/a\/b +127\.0\.0\.1 +\d{4}-.*\d\d:\d\d$/m,
    );
    expect((await identity('join-token', 'list')).stdout).toMatch(
      /a\/b +\d.* 127\.0\.0\.1\b.* +admin$/m,
    );
  });
});

/** Runs a command on a terminal of its own, where somebody types an answer. */
function onTerminal(args: readonly string[], answer: string): Promise<string> {
  const env = { ...process.env, REEVE_TOKEN: server.token, NO_COLOR: '1', TERM: 'dumb' };
  const command = ['bin/reeve', 'identity', ...args, '--server', server.origin].join(' ');
  return new Promise((resolve) => {
    const child = execFile('script', ['-qec', command, '/dev/null'], { env }, (_, stdout) =>
      resolve(stdout),
    );
    child.stdin?.end(`${answer}\n`);
  });
}

describe.runIf(existsSync('/usr/bin/script'))('what takes something from somebody', () => {
  it.each([
    ['retire', () => ['/ns/shop/sa/web']],
    ['revoke', () => ['/ns/shop/sa/web']],
    ['taint', () => [server.identity.keeper.state.authorities[0]?.id ?? '', '--urgent']],
  ] as const)('asks before it does: %s', async (name, args) => {
    const { registrar, keeper } = server.identity;
    const before = [registrar.index.size, keeper.state.revocation.sequence];
    const shown = await onTerminal([name, ...args()], 'n');
    expect(flat(shown)).toMatch(/Go on\? \[y\/N\].*Not confirmed: nothing has changed/);
    expect([registrar.index.size, keeper.state.revocation.sequence]).toEqual(before);
  });

  it('does what is confirmed', async () => {
    const shown = await onTerminal(['revoke', '/ns/shop/sa/web', '--reissue'], 'y');
    expect(shown).toMatch(/revoked spiffe:\/\/example\.org\/ns\/shop\/sa\/web/);
  });
});

describe('federation', () => {
  it('is set, shown, refreshed and ended', async () => {
    expect((await identity('federation', 'list')).stdout).toBe(
      'No other trust domain is trusted.\n',
    );
    const url = 'https://127.0.0.1:1/bundle';
    const set = await identity('federation', 'set', 'other.example', '--url', url);
    expect(set.stdout).toMatch(/^state +none: no bundle: nobody of it is believed$/m);
    const refreshed = await identity('federation', 'refresh', 'other.example');
    expect(refreshed.stdout).toMatch(/^failed +\d{4}.*cannot be asked/ms);
    expect((await identity('federation', 'list')).stdout).toMatch(/^other\.example +none +-/m);
    const removed = await identity('federation', 'remove', 'other.example');
    expect(removed.stdout).toBe('other.example is no longer trusted\n');
  });

  it('with an endpoint that proves itself by SPIFFE needs a bundle of its own trust domain', async () => {
    const wish = [
      ...['federation', 'set', 'other.example', '--url', 'https://127.0.0.1:1/'],
      ...['--endpoint-spiffe-id', 'spiffe://other.example/endpoint'],
    ];
    const refused = await reeve(wish);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/bundle: is needed/),
    ]);
    const file = join(folder, 'bundle.json');
    writeFileSync(file, (await reeve(['bundle', '--format', 'spiffe'])).stdout);
    const ended = await reeve([...wish, '--bundle', file]);
    expect([ended.status, ended.stderr]).toEqual([2, expect.stringMatching(/example\.org/)]);
  });
});

it('what was issued is counted', async () => {
  // of the server, and of entries that are for no service
  expect((await identity('issues')).stdout).toMatch(/^\(none\) +[1-9]\d* +\d+ +0$/m);
});
