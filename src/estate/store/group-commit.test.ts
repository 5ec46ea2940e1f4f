import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { AuditEntry } from '../decision.ts';
import type { NewAuditEntry } from '../store.ts';
import { GroupCommit } from './group-commit.ts';

const entry = (action: string): NewAuditEntry => ({
  ...{ at: '2025-03-03T00:00:00.000Z', actor: 'a', action, subject: 's', reason: '', detail: {} },
});
const named = (appended: readonly AuditEntry[]) =>
  appended.map(({ sequence, action }) => `${sequence} ${action}`);

/** A log that remembers its transactions. */
function log(check: (entries: readonly NewAuditEntry[]) => void = () => {}) {
  const transactions: string[][] = [];
  let size = 0;
  const commit = new GroupCommit(async (entries) => {
    await setImmediate();
    check(entries);
    transactions.push(entries.map(({ action }) => action));
    return entries.map((one) => ({ sequence: ++size, ...one }));
  });
  return { commit, transactions };
}

describe('entries that come without a change', () => {
  it('are one transaction where they come together, and each caller is told of its own', async () => {
    const { commit, transactions } = log();
    const answers = await Promise.all([
      ...[commit.append([entry('a'), entry('b')]), commit.append([entry('c')])],
      commit.append([entry('d')]),
    ]);
    expect(answers.map(named)).toEqual([['1 a', '2 b'], ['3 c'], ['4 d']]);
    expect(transactions).toEqual([['a', 'b', 'c', 'd']]);
  });

  it('that come while others are written are the next transaction', async () => {
    const { commit, transactions } = log();
    const first = commit.append([entry('a')]);
    await setImmediate();
    const later = [commit.append([entry('b')]), commit.append([entry('c')])];
    await Promise.all([first, ...later]);
    expect(transactions).toEqual([['a'], ['b', 'c']]);
  });

  it('are several transactions where they are too many for one, and none is parted', async () => {
    const { commit, transactions } = log();
    const many = Array.from({ length: 600 }, () => entry('x'));
    await Promise.all([commit.append(many), commit.append(many), commit.append([entry('y')])]);
    expect(transactions.map(({ length }) => length)).toEqual([600, 601]);
    await commit.append([...many, ...many]);
    expect(transactions.at(-1)).toHaveLength(1_200);
  });

  it('fail together where the store is away, and the next ones are written', async () => {
    let isAway = true;
    const { commit } = log(() => {
      if (isAway) throw new Fault('estate/unavailable', 'gone for a moment');
    });
    const answers = await Promise.allSettled(
      ['a', 'b'].map((name) => commit.append([entry(name)])),
    );
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    expect(named(await commit.append([entry('c')]))).toEqual(['1 c']);
  });

  it('do not fail for one among them that cannot be written', async () => {
    const { commit } = log((entries) => {
      if (entries.some(({ action }) => action === 'odd')) throw new TypeError('no text');
    });
    const answers = await Promise.allSettled(
      ['a', 'odd', 'b'].map((name) => commit.append([entry(name)])),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
