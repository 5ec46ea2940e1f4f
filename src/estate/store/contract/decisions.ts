import { afterEach, beforeEach, expect, test } from 'vitest';
import { correctionId, type EndpointAction, type TemplateCorrection } from '../../decision.ts';
import type { EndpointFact, Fact } from '../../fact.ts';
import { endpointId } from '../../model.ts';
import type {
  AssignmentFact,
  DecisionChange,
  EstateStore,
  NewAuditEntry,
  StoredCorrection,
  StoredDecision,
} from '../../store.ts';
import type { StoreFixture } from '../store.contract.ts';

const DAYS = Array.from({ length: 9 }, (_, day) => `2025-03-0${day + 1}T00:00:00.000Z`);
const SERVICE = 'production/shop/orders';
const LIST = endpointId(SERVICE, 'http', 'GET', '/orders');
const SHOW = endpointId(SERVICE, 'http', 'GET', '/orders/{id}');

function day(number: number): string {
  return DAYS[number] ?? '';
}

function entry(action: string, subject: string, at: string, actor = 'admin'): NewAuditEntry {
  return { at, actor, action, subject, reason: 'because', detail: { note: ["it's", '\0'] } };
}

function decision(endpoint: string, said: EndpointAction, at = day(0)): StoredDecision {
  return { ...said, endpoint, by: 'admin', at, reason: 'because' };
}

function factOf(decided: StoredDecision): EndpointFact {
  return {
    entity: 'endpoint',
    id: decided.endpoint,
    service: SERVICE,
    protocol: 'http',
    method: 'GET',
    template: '/',
    source: { reader: 'decisions', how: 'declared' },
    decision: decided,
  };
}

function decide(decided: StoredDecision): DecisionChange {
  return {
    change: 'decide',
    decision: decided,
    fact: factOf(decided),
    entry: entry(`endpoint.${decided.action}`, decided.endpoint, decided.at),
  };
}

function undo(endpoint: string, action: EndpointAction['action'], at = day(5)): DecisionChange {
  return { change: 'undo', endpoint, action, entry: entry('endpoint.undo', endpoint, at) };
}

const ORDERS_DB = 'production/cred-0123456789abcdef';

function assignmentTo(owner: string, at = day(0), id = ORDERS_DB): AssignmentFact {
  return {
    ...{ entity: 'credential', id, name: 'orders-db', credentialKind: 'postgres' },
    keys: [`id:${id}`, 'value:a'],
    decision: { owner, by: 'admin', at, reason: 'because' },
    source: { reader: 'person', how: 'declared' },
  };
}

function assign(fact: AssignmentFact): DecisionChange {
  return {
    ...{ change: 'assign', fact },
    entry: entry('credential.assign', fact.id, fact.decision.at),
  };
}

function unassign(credential = ORDERS_DB, at = day(5)): DecisionChange {
  return {
    change: 'unassign',
    credential,
    entry: entry('credential.unassign', credential, at),
  };
}

function correction(said: TemplateCorrection, at = day(0), service = SERVICE): StoredCorrection {
  return {
    id: correctionId(service, said),
    service,
    correction: said,
    by: 'admin',
    at,
    reason: 'because',
  };
}

function correct(corrected: StoredCorrection): DecisionChange {
  const { service, at } = corrected;
  return { change: 'correct', correction: corrected, entry: entry('template', service, at) };
}

export function decisionsContract({ open, reopen }: StoreFixture): void {
  let store: EstateStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());
  const factsKept = async () => (await store.facts()).map(({ fact }) => fact);

  test('a decision is kept with its fact and its entry, also after reopening', async () => {
    const adopted = decision(LIST, { action: 'adopt' });
    const blocked = decision(SHOW, { action: 'block' }, day(1));
    const entries = await store.decide([decide(adopted), decide(blocked)]);
    expect(entries).toEqual([
      { sequence: 1, ...entry('endpoint.adopt', LIST, day(0)) },
      { sequence: 2, ...entry('endpoint.block', SHOW, day(1)) },
    ]);
    store = await reopen(store);
    expect(await store.decisions()).toEqual([adopted, blocked]);
    expect(await store.decisions(SHOW)).toEqual([blocked]);
    expect(await store.decisions('another')).toEqual([]);
    expect(await factsKept()).toEqual(expect.arrayContaining([factOf(adopted), factOf(blocked)]));
    expect((await store.audit({ limit: 10 })).items).toEqual([...entries].reverse());
  });

  test('the latest decision of an action takes the place of the one before, and of its fact', async () => {
    const first = decision(LIST, { action: 'assign', owner: 'team-a' });
    const second = decision(LIST, { action: 'assign', owner: 'team-b' }, day(1));
    await store.decide([decide(first)]);
    await store.decide([decide(decision(LIST, { action: 'adopt' }))]);
    await store.decide([decide(second)]);
    expect(await store.decisions(LIST)).toEqual([decision(LIST, { action: 'adopt' }), second]);
    expect(await factsKept()).toHaveLength(2);
    expect(await factsKept()).toContainEqual(factOf(second));
    expect((await store.audit({ limit: 10 })).total).toBe(3);
  });

  test('what is undone is gone with its fact; what was never decided gives no entry', async () => {
    const adopted = decision(LIST, { action: 'adopt' });
    await store.decide([decide(adopted), decide(decision(LIST, { action: 'block' }))]);
    const entries = await store.decide([
      undo(LIST, 'block'),
      undo(LIST, 'block'),
      undo(SHOW, 'tag'),
    ]);
    expect(entries).toMatchObject([{ sequence: 3, action: 'endpoint.undo' }, undefined, undefined]);
    expect(await store.decisions()).toEqual([adopted]);
    expect(await factsKept()).toEqual([factOf(adopted)]);
    expect((await store.audit({ limit: 10 })).total).toBe(3);
  });

  test('who answers for a credential is kept with its entry as the latest has said, until it is taken back', async () => {
    const other = assignmentTo('team-c', day(2), 'production/cred-fedcba9876543210');
    await store.decide([assign(assignmentTo('team-a')), assign(other)]);
    const latest = assignmentTo('team-b', day(1));
    expect(await store.decide([assign(latest)])).toMatchObject([{ sequence: 3 }]);
    store = await reopen(store);
    expect(await factsKept()).toHaveLength(2);
    expect(await factsKept()).toEqual(expect.arrayContaining([latest, other]));
    expect([await store.decisions(), await store.corrections()]).toEqual([[], []]);
    expect(await store.decide([unassign(), unassign()])).toMatchObject([
      { sequence: 4, action: 'credential.unassign', subject: ORDERS_DB },
      undefined,
    ]);
    expect(await factsKept()).toEqual([other]);
  });

  test('facts of one entity are read without the others', async () => {
    const [adopted, assigned] = [decision(LIST, { action: 'adopt' }), assignmentTo('team-a')];
    await store.decide([decide(adopted), assign(assigned)]);
    const factsOf = async (entity: Fact['entity']) =>
      (await store.facts(entity)).map(({ fact }) => fact);
    expect(await factsOf('credential')).toEqual([assigned]);
    expect(await factsOf('endpoint')).toEqual([factOf(adopted)]);
    expect(await factsOf('service')).toEqual([]);
  });

  test('changes of one list are made in its order', async () => {
    const adopted = decision(LIST, { action: 'adopt' });
    await store.decide([
      decide(adopted),
      undo(LIST, 'adopt'),
      decide(adopted),
      undo(LIST, 'adopt'),
    ]);
    expect(await store.decisions()).toEqual([]);
    expect(await factsKept()).toEqual([]);
    await store.decide([decide(adopted), undo(LIST, 'adopt'), decide({ ...adopted, at: day(3) })]);
    expect(await store.decisions()).toEqual([{ ...adopted, at: day(3) }]);
    expect((await store.audit({ limit: 10 })).total).toBe(7);
  });

  test('a decision that cannot be written leaves no entry', async () => {
    const said = decision(LIST, { action: 'adopt' });
    const broken = decide(said);
    const fact = {
      ...factOf(said),
      get title(): string {
        throw new RangeError('cannot be written');
      },
    };
    await expect(
      store.decide([decide(said), { ...broken, fact } as DecisionChange]),
    ).rejects.toThrow('written');
    expect(await store.decisions()).toEqual([]);
    expect((await store.audit({ limit: 10 })).total).toBe(0);
  });

  test('decisions at the same time all get a number of their own', async () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      store.decide([decide(decision(`${LIST}${index}`, { action: 'adopt' }))]),
    );
    const sequences = (await Promise.all(many)).flat().map((made) => made?.sequence);
    expect(sequences.sort((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  test('more decisions than one statement takes, of ids of any text', async () => {
    const ids = [
      ...Array.from({ length: 1_100 }, (_, index) => `${LIST}-${index}`),
      ...['\0', '\ud800', 'x'.repeat(5_000), '😀'],
    ];
    await store.decide(ids.map((id) => decide(decision(id, { action: 'adopt' }))));
    expect(await store.decisions()).toHaveLength(ids.length);
    expect(await store.facts()).toHaveLength(ids.length);
    for (const id of ids.slice(-4)) {
      expect(await store.decisions(id)).toEqual([decision(id, { action: 'adopt' })]);
    }
    await store.decide(ids.map((id) => undo(id, 'adopt')));
    expect(await store.decisions()).toEqual([]);
    expect(await store.facts()).toEqual([]);
  });

  test('corrections are kept by service; a later one of the same parameter takes its place', async () => {
    const merge = correction({ correction: 'merge', template: '/orders/{id}' });
    const split = (values: string[], at: string) =>
      correction({ correction: 'split', template: '/users/{id}', parameter: 'id', values }, at);
    const elsewhere = correction(
      { correction: 'rename', template: '/a/{b}', to: '/a/{name}' },
      day(4),
      'production/shop/web',
    );
    await store.decide([correct(merge), correct(split(['me'], day(1))), correct(elsewhere)]);
    const later = split(['me', 'all'], day(2));
    await store.decide([correct(later)]);
    expect(await store.corrections(SERVICE)).toEqual([merge, later]);
    expect(await store.corrections()).toEqual([merge, later, elsewhere]);
    expect(await store.decisions()).toEqual([]);
    const removed = {
      change: 'uncorrect',
      id: merge.id,
      entry: entry('u', SERVICE, day(5)),
    } as const;
    expect(await store.decide([removed, removed])).toMatchObject([{ sequence: 5 }, undefined]);
    expect(await store.corrections(SERVICE)).toEqual([later]);
  });

  test('the audit log is read page by page, newest first, by actor, action and subject', async () => {
    const changes = Array.from({ length: 5 }, (_, index) => ({
      ...decide(decision(index % 2 ? SHOW : LIST, { action: 'adopt' }, day(index))),
      entry: entry(
        index === 4 ? 'endpoint.block' : 'endpoint.adopt',
        index % 2 ? SHOW : LIST,
        day(index),
        index < 2 ? 'alice' : 'bob',
      ),
    }));
    await store.decide(changes);
    const rows: readonly (readonly [object, number[]])[] = [
      [{}, [5, 4, 3, 2, 1]],
      [{ actor: 'alice' }, [2, 1]],
      [{ action: 'endpoint.block' }, [5]],
      [{ subject: SHOW }, [4, 2]],
      [{ subject: LIST, actor: 'bob' }, [5, 3]],
      [{ actor: 'nobody' }, []],
    ];
    for (const [query, want] of rows) {
      for (const limit of [1, 2, 100]) {
        const found: number[] = [];
        let after: string | undefined;
        do {
          const page = await store.audit({
            limit,
            ...query,
            ...(after !== undefined && { after }),
          });
          expect(page.total).toBe(want.length);
          found.push(...page.items.map((item) => item.sequence));
          after = page.next;
        } while (after !== undefined);
        expect(found).toEqual(want);
      }
    }
  });

  test.for([
    ['no items', { limit: 0 }, 'estate/limit-invalid'],
    ['more than a thousand', { limit: 1_001 }, 'estate/limit-invalid'],
    ['a page that is none', { limit: 1, after: '1; drop' }, 'estate/page-malformed'],
  ] as const)('of the audit log, %s is refused', async ([, query, code]) => {
    await expect(store.audit(query)).rejects.toMatchObject({ code });
  });
}
