import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../model.ts';
import type { KnownEndpoint } from '../ports.ts';
import { edgeGuardrail, edgeOf, edgeSubject } from './edge.ts';
import { fixesOf } from './fixes.ts';
import { knownOf } from './known.ts';
import { ACTION_KINDS, type ActionKind, type Incident } from './model.ts';
import type { IncidentEstate } from './ports.ts';
import { proposeActions } from './propose.ts';
import { alertOf, DRILL, hopOf, id } from './testing/alerts.ts';
import { estateOf, World } from './testing/world.ts';

let estate: IncidentEstate;
beforeEach(() => {
  estate = estateOf();
});

async function incidentOf(alert: Alert): Promise<Incident> {
  const world = new World();
  world.estate = estate;
  const incidents = await world.start();
  incidents.record(alert);
  await incidents.tick();
  return world.documents.peek('incident', incidents.list()[0]?.id ?? '') as Incident;
}

async function proposals(alert: Alert, kinds: readonly ActionKind[] = ACTION_KINDS) {
  const incident = await incidentOf(alert);
  return proposeActions(incident, await knownOf(incident, estate), new Set(kinds));
}

const governed: KnownEndpoint = {
  id: `${id('payments')} http GET /status`,
  ...{ status: 'governed', sensitivity: [], criticality: null, isBlocked: false },
};
const drill = alertOf('alert-1', DRILL);

describe('what can be done about an incident', () => {
  it('is proposed with what it does and what it breaks, what helps most first', async () => {
    const said = (await proposals(drill)).map(({ kind, target, what, breaks, subjects }) => [
      ...[kind, target, what, breaks, ...subjects],
    ]);
    expect(said).toEqual([
      [
        'revoke-identity',
        id('legacy-billing'),
        `Revoke the identity of ${id('legacy-billing')}: everything that it was issued is refused, and it is issued nothing.`,
        `${id('legacy-billing')} can call nobody who asks for an identity until a person lifts that.`,
        `spiffe://reeve.local/${id('legacy-billing')}`,
      ],
      [
        'block-edge',
        `${id('legacy-billing')} -> ${id('payments')}`,
        `Forbid every call of ${id('legacy-billing')} to ${id('payments')}, by a guardrail that is in force at once.`,
        `Nothing that is declared: ${id('legacy-billing')} declares no call of ${id('payments')}.`,
        `${id('legacy-billing')} -> ${id('payments')}`,
      ],
      [
        'block-endpoint',
        `${id('payments')} http GET /internal/export`,
        `Block \`GET /internal/export\` of ${id('payments')}: nobody may call it any more.`,
        `It is called or declared by ${id('orders')}: what needs it fails.`,
        `${id('payments')} http GET /internal/export`,
      ],
      [
        'rotate-credentials',
        id('legacy-billing'),
        `Rotate what ${id('legacy-billing')} reads, and revoke what it had: \`billing-db\`.`,
        'Who reads its credentials from Reeve goes on with the next ones; who keeps copies is refused.',
        'secret-1',
      ],
      [
        'end-leases',
        id('payments'),
        `End what ${id('payments')} was lent (one lease): its users are taken away at the targets.`,
        `Connections of ${id('payments')} with these users end; it can ask for new leases, unless its identity is revoked, too.`,
        'lease-1',
      ],
    ]);
  });

  it('is only what can be done here', async () => {
    expect((await proposals(drill, ['block-endpoint'])).map(({ kind }) => kind)).toEqual([
      'block-endpoint',
    ]);
  });

  it('says that a declared call will fail', async () => {
    const declared = alertOf('a', [hopOf('orders', 'payments', 0, { policy: 'declared' })]);
    const edge = (await proposals(declared)).find(({ kind }) => kind === 'block-edge');
    expect(edge?.breaks).toBe(
      `${id('orders')} declares calls of ${id('payments')}: what needs them fails.`,
    );
  });

  it('says so, too, where only other calls of the edge are declared', async () => {
    const policy: IncidentEstate['view']['policy'] = (_from, _to, operation) =>
      operation === undefined ? 'declared' : 'undeclared';
    estate = estateOf({ view: { ...estate.view, policy } });
    const edge = (await proposals(drill)).find(({ kind }) => kind === 'block-edge');
    expect(edge).toMatchObject({ isHarmless: false, breaks: expect.stringContaining('fails') });
    const incident = await incidentOf(drill);
    const fix = fixesOf(incident, await knownOf(incident, estate)).find(
      ({ kind }) => kind === 'call',
    );
    expect(fix?.change).toContain(
      'when { context.method == "GET" && resource.template == "/internal/export" };',
    );
  });

  it('is not to take an endpoint from everybody because of who calls it', async () => {
    const hop = { operation: 'GET /status' };
    estate = estateOf({ view: { ...estate.view, endpoint: () => governed } });
    const kindsFor = async (signs: string[]) =>
      (await proposals(alertOf('a', [hopOf('orders', 'payments', 2, { ...hop, signs })])))
        .map(({ kind }) => kind)
        .filter((kind) => kind.startsWith('block'));
    expect(await kindsFor(['scan'])).toEqual(['block-edge']);
    expect(await kindsFor(['scan', 'new-endpoint'])).toEqual(['block-edge', 'block-endpoint']);
  });

  it('is harmless where only who does it in the incident is known to need it', async () => {
    const harmless = async () =>
      (await proposals(drill)).flatMap(({ kind, isHarmless }) => (isHarmless ? kind : []));
    expect(await harmless()).toEqual(['block-edge']);
    estate = estateOf({ callersOf: async () => [id('legacy-billing')] });
    expect(await harmless()).toEqual(['block-edge', 'block-endpoint']);
  });

  it('is nothing about hosts outside, and about what only refused', async () => {
    const outside = alertOf('a', [
      hopOf('*', 'payments', 0, { outcome: 'denied' }),
      hopOf('*', 'external/evil.example', 1),
    ]);
    expect(await proposals(outside)).toEqual([]);
  });

  it('is not to rotate what is kept elsewhere', async () => {
    const [credential] = await estate.credentialsOf([id('legacy-billing')]);
    if (!credential) throw new Error('the estate has one');
    estate = estateOf({ credentialsOf: async () => [{ ...credential, secret: null }] });
    expect((await proposals(drill)).map(({ kind }) => kind)).not.toContain('rotate-credentials');
  });
});

describe('what closes the way for good', () => {
  it('is proposed with file and line, and what stops it first comes first', async () => {
    const incident = await incidentOf(drill);
    const fixes = fixesOf(incident, await knownOf(incident, estate));
    expect(
      fixes.map(({ kind, subject, file, line, hop }) => [kind, subject, file, line, hop]),
    ).toEqual([
      ['endpoint', `${id('legacy-billing')} GET /internal/export`, null, null, 0],
      ['endpoint', `${id('payments')} http GET /internal/export`, null, null, 1],
      ['policy', id('payments'), 'k8s/policies.yaml', 7, 1],
      ['call', `${id('legacy-billing')} -> ${id('payments')}`, null, null, 1],
      ['credential', 'credential-1', 'legacy-billing/k8s.yaml', 12, 1],
      ['endpoint', `${id('inventory')} GET /stock/{sku}`, null, null, 2],
    ]);
    expect(fixes.find(({ kind }) => kind === 'policy')).toMatchObject({
      what: `Name the callers: ${id('payments')}.`,
      because: 'payments lets its whole namespace in',
    });
    expect(fixes.find(({ kind }) => kind === 'call')?.change).toContain('forbid (');
  });

  it('has the policy enforced of who let through what nobody declares', async () => {
    const permissive = { service: id('payments'), file: 'payments/reeve.yaml', line: 3 };
    estate = estateOf({ permissiveOf: async () => [permissive] });
    const incident = await incidentOf(drill);
    const fixes = fixesOf(incident, await knownOf(incident, estate));
    expect(fixes.find(({ file }) => file === 'payments/reeve.yaml')).toMatchObject({
      ...{ kind: 'policy', subject: id('payments'), line: 3, hop: 1 },
      change: 'spec:\n  authorization: { mode: enforce }\n',
    });
  });

  it('of an endpoint is where a finding says that it lies', async () => {
    const subject = `${id('payments')} http GET /internal/export`;
    estate = estateOf({
      findings: async () => [
        {
          ...{ control: 'inventory/shadow-endpoint', severity: 'high', subject },
          ...{ message: 'payments serves GET /internal/export, and declares it nowhere' },
          ...{ remedy: '', location: { file: 'payments/server.ts', line: 40 } },
        },
      ],
    });
    const incident = await incidentOf(drill);
    const fix = fixesOf(incident, await knownOf(incident, estate)).find(
      (one) => one.subject === subject,
    );
    expect(fix).toMatchObject({
      ...{ file: 'payments/server.ts', line: 40, hop: 1 },
      because: 'payments serves GET /internal/export, and declares it nowhere',
    });
  });
});

describe('an edge', () => {
  it('is read as it is written', () => {
    const edge = { from: id('orders'), to: id('payments') };
    expect(edgeOf(edgeSubject(edge))).toEqual(edge);
    expect([edgeOf('orders'), edgeOf(' -> x'), edgeOf('x -> ')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is forbidden by a guardrail, whatever its names are', () => {
    const text = edgeGuardrail({ from: 'a/b/"c\\', to: 'a/b/ü\n' }, 'edge-1', 'found\nby "Reeve"');
    expect(text).toBe(
      [
        '@id("edge-1")',
        '@reason("found\\u{a}by \\u{22}Reeve\\u{22}")',
        '@severity("high")',
        'forbid (',
        '  principal == Reeve::Service::"a/b/\\u{22}c\\u{5c}",',
        '  action,',
        '  resource in Reeve::Service::"a/b/\\u{fc}\\u{a}"',
        ');',
        '',
      ].join('\n'),
    );
  });
});
