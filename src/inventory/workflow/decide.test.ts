import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import {
  AuditEntry,
  type Endpoint,
  type EndpointAction,
  EndpointDecision,
  type StoredDecision,
  TemplateCorrection,
} from '../../estate/index.ts';
import { anEndpoint } from '../../estate/store/testing/estate.ts';
import { correct, decide, undo } from './index.ts';

const SERVICE = 'production/shop/orders';
const NOW = Date.UTC(2026, 4, 3, 23, 59);
const by = { actor: 'admin', reason: 'seen in the logs', now: NOW };
const shadow = anEndpoint(SERVICE, '/orders', { declaredIn: [], status: 'shadow' });

function faultOf(work: () => unknown): {
  code: string;
  message: string;
  hint?: string | undefined;
} {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Fault) {
      return { code: thrown.code, message: thrown.message, hint: thrown.hint };
    }
    throw thrown;
  }
  return { code: 'none', message: 'nothing was refused' };
}

const TAKEN: readonly (readonly [string, EndpointAction])[] = [
  ['adopt what is shadow', { action: 'adopt' }],
  ['assign it', { action: 'assign', owner: 'team-orders' }],
  ['deprecate it from today on', { action: 'deprecate', until: '2026-05-03' }],
  ['block it', { action: 'block' }],
  ['accept it until today', { action: 'accept', until: '2026-05-03' }],
  ['accept it for a year', { action: 'accept', until: '2027-05-04' }],
  ['say what data it handles', { action: 'tag', sensitivity: ['pii'] }],
  ['say that it handles no data', { action: 'tag', sensitivity: [] }],
  ['say how much depends on it', { action: 'tag', criticality: 'low' }],
];

describe('a person can', () => {
  it.each(TAKEN)('%s', (_, action) => {
    const { decision, entry } = decide(shadow.id, shadow, [], action, by);
    const at = '2026-05-03T23:59:00.000Z';
    expect(decision).toEqual({
      ...action,
      endpoint: shadow.id,
      by: 'admin',
      at,
      reason: by.reason,
    });
    const { action: name, ...detail } = action;
    expect(entry).toEqual({
      at,
      actor: 'admin',
      action: `endpoint.${name}`,
      subject: shadow.id,
      reason: by.reason,
      detail,
    });
    expect(AuditEntry.safeParse({ sequence: 1, ...entry }).success).toBe(true);
  });

  it('tag one thing after the other', () => {
    const tag = (before: readonly StoredDecision[], action: EndpointAction) =>
      decide(shadow.id, shadow, before, action, by).decision;
    const first = tag([], { action: 'tag', sensitivity: ['pii'] });
    const second = tag([first], { action: 'tag', criticality: 'high' });
    expect(second).toMatchObject({ sensitivity: ['pii'], criticality: 'high' });
    expect(tag([second], { action: 'tag', sensitivity: [] })).toMatchObject({
      sensitivity: [],
      criticality: 'high',
    });
  });

  it('deprecate what nobody declares, and block what is declared', () => {
    const declared = anEndpoint(SERVICE, '/a');
    const until = '2026-06-01';
    expect(faultOf(() => decide('x', shadow, [], { action: 'deprecate', until }, by)).code).toBe(
      'none',
    );
    expect(faultOf(() => decide('x', declared, [], { action: 'block' }, by)).code).toBe('none');
  });
});

interface Refused {
  readonly that: string;
  readonly endpoint?: Partial<Endpoint>;
  readonly action: EndpointAction;
  readonly reason?: string;
  readonly message: RegExp;
}

const REFUSED: readonly Refused[] = [
  {
    that: 'what is declared is adopted',
    endpoint: { declaredIn: [{ file: 'openapi.yaml' }] },
    action: { action: 'adopt' },
    message: /declared already, in `openapi.yaml`/,
  },
  {
    that: 'a probe is adopted',
    endpoint: { visibility: 'probe' },
    action: { action: 'adopt' },
    message: /only ever answered 404/,
  },
  {
    that: 'an owner has no name',
    action: { action: 'assign', owner: ' ' },
    message: /owner has no name/,
  },
  {
    that: 'an owner has a line break',
    action: { action: 'assign', owner: 'a\nb' },
    message: /owner has no name/,
  },
  {
    that: 'the last day is past',
    action: { action: 'deprecate', until: '2026-05-02' },
    message: /2026-05-02 is past/,
  },
  {
    that: 'a block has no reason',
    action: { action: 'block' },
    reason: ' ',
    message: /block needs a reason/,
  },
  {
    that: 'an accepted risk has no reason',
    action: { action: 'accept', until: '2026-06-01' },
    reason: '',
    message: /needs a reason/,
  },
  {
    that: 'a risk is accepted until yesterday',
    action: { action: 'accept', until: '2026-05-02' },
    message: /is past/,
  },
  {
    that: 'a risk is accepted for too long',
    action: { action: 'accept', until: '2027-05-05' },
    message: /a year at most/,
  },
  { that: 'a tag says nothing', action: { action: 'tag' }, message: /says nothing/ },
  {
    that: 'a reason is a book',
    action: { action: 'adopt' },
    reason: 'x'.repeat(501),
    message: /at most 500 characters, not 501/,
  },
];

describe('it is refused that', () => {
  it.each(REFUSED)('$that', ({ endpoint, action, reason = by.reason, message }) => {
    const asked = { ...shadow, ...endpoint };
    const fault = faultOf(() => decide('x', asked, [], action, { ...by, reason }));
    expect(fault).toMatchObject({ code: 'inventory/decision-invalid' });
    expect(fault.message).toMatch(message);
    expect(fault.hint).toBeTruthy();
  });

  it('an endpoint is not there', () => {
    expect(faultOf(() => decide('x', undefined, [], { action: 'adopt' }, by))).toEqual({
      code: 'inventory/endpoint-not-found',
      message: 'There is no endpoint `x`',
      hint: '`reeve endpoints --visibility all` lists every endpoint',
    });
  });
});

describe('a decision', () => {
  const blocked = decide(shadow.id, shadow, [], { action: 'block' }, by).decision;

  it('is taken back, also of an endpoint that is gone', () => {
    expect(undo(shadow.id, [blocked], 'block', by)).toMatchObject({
      action: 'endpoint.undo',
      subject: shadow.id,
      detail: { action: 'block' },
    });
  });

  it('that was never made is not taken back', () => {
    expect(faultOf(() => undo('x', [blocked], 'adopt', by))).toEqual({
      code: 'inventory/decision-not-found',
      message: 'Nobody has decided to adopt `x`',
      hint: 'what is in force: block',
    });
    expect(faultOf(() => undo('x', [], 'adopt', by)).hint).toBe('nothing is decided about it');
  });

  it('holds no secret that somebody wrote into its reason', () => {
    const reason = 'the password=hunter2-hunter2 leaks';
    const made = decide(shadow.id, shadow, [], { action: 'block' }, { ...by, reason });
    expect(JSON.stringify(made)).not.toContain('hunter2');
  });

  it('of any values is made or refused', () => {
    const dates = fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
    const action = fc.record({
      action: fc.constantFrom('adopt', 'assign', 'deprecate', 'block', 'accept', 'tag'),
      owner: fc.string({ unit: 'binary', minLength: 1 }),
      until: dates,
    });
    fc.assert(
      fc.property(action, fc.string({ unit: 'binary' }), ({ action: name, ...rest }, reason) => {
        const kept = {
          action: name,
          ...(name === 'assign' && { owner: rest.owner }),
          ...((name === 'deprecate' || name === 'accept') && { until: rest.until }),
        };
        const said = EndpointDecision.safeParse(kept);
        if (!said.success) return;
        const { code } = faultOf(() => decide('x', shadow, [], said.data, { ...by, reason }));
        expect(['none', 'inventory/decision-invalid']).toContain(code);
      }),
    );
  });
});

const CORRECTIONS: readonly (readonly [string, TemplateCorrection, RegExp | undefined])[] = [
  ['paths are merged', { correction: 'merge', template: '/orders/{id}' }, undefined],
  [
    'a value is split off',
    { correction: 'split', template: '/users/{id}', parameter: 'id', values: ['me'] },
    undefined,
  ],
  [
    'a parameter is renamed',
    { correction: 'rename', template: '/a/{b}/c', to: '/a/{name}/c' },
    undefined,
  ],
  ['nothing is merged', { correction: 'merge', template: '/orders' }, /has no parameter/],
  [
    'a parameter is not there',
    { correction: 'split', template: '/users/{id}', parameter: 'name', values: ['me'] },
    /`\/users\/{id}` has no parameter `name`/,
  ],
  [
    'a value is two segments',
    { correction: 'split', template: '/users/{id}', parameter: 'id', values: ['a/b'] },
    /`a\/b` is more than one segment/,
  ],
  [
    'another shape is no other name',
    { correction: 'rename', template: '/a/{b}', to: '/a/b' },
    /is not the shape of `\/a\/{b}`/,
  ],
];

describe('a correction of templates', () => {
  it.each(CORRECTIONS)('%s', (_, said, refused) => {
    expect(TemplateCorrection.safeParse(said).success).toBe(true);
    const fault = faultOf(() => correct(SERVICE, said, by));
    if (refused) {
      expect(fault.code).toBe('inventory/correction-invalid');
      expect(fault.message).toMatch(refused);
      return;
    }
    expect(fault.code).toBe('none');
    const { correction, entry } = correct(SERVICE, said, by);
    expect(correction).toMatchObject({ service: SERVICE, correction: said, by: 'admin' });
    const { correction: name, ...detail } = said;
    expect(entry).toMatchObject({ action: `template.${name}`, subject: SERVICE, detail });
  });

  it('takes the place of the one before of the same parameter, and of no other', () => {
    const split = (parameter: string, values: string[]) =>
      correct(SERVICE, { correction: 'split', template: '/{a}/{b}', parameter, values }, by)
        .correction.id;
    expect(split('a', ['me'])).toBe(split('a', ['all']));
    expect(split('a', ['me'])).not.toBe(split('b', ['me']));
  });
});
