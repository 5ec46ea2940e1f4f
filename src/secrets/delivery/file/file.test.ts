import { randomUUID } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryTarget } from '../../model/index.ts';
import { failureOf } from '../../rotators/testing/step.ts';
import { DeliveryConfig, type DeliveryParts, openDelivery } from '../index.ts';
import { partsOf, SECRET_ID, secretWith } from '../testing/parts.ts';

const { signal } = new AbortController();

describe('a file of this host', () => {
  let root = '';
  let folder = '';
  let path = '';
  const told: string[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'reeve-files-'));
    folder = join(root, 'allowed');
    mkdirSync(folder);
    path = join(folder, 'db.env');
    told.length = 0;
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const targetOf = (more: object = {}) =>
    DeliveryTarget.parse({ kind: 'file', path, content: 'PASSWORD={password}\n', ...more });
  function open(more: Partial<DeliveryParts> = {}) {
    const files = {
      folders: [folder],
      reloads: {
        nginx: { unit: 'nginx.service' },
        worker: { pidFile: join(root, 'pid'), signal: 'SIGUSR1' },
      },
    };
    return openDelivery(
      partsOf({
        config: DeliveryConfig.parse({ files }),
        run: async (program, words) => {
          told.push([program, ...words].join(' '));
          return 0;
        },
        kill: (pid, name) => told.push(`${name} ${pid}`) > 0,
        ...more,
      }),
    );
  }
  const generated = () => ({ password: randomUUID() });
  const text = () => readFileSync(path, 'utf8');
  const modeOf = (file: string) => statSync(file).mode & 0o777;
  const stateOf = async (version = 1) =>
    (await open().delivered(secretWith([targetOf()], version), signal))[0]?.state;

  it('is written whole, for its owner alone, beside a mark without the value', async () => {
    const value = generated();
    expect(await stateOf()).toBe('missing');
    await open().deliver(secretWith([targetOf()]), value, signal);
    expect(text()).toBe(`PASSWORD=${value.password}\n`);
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['.db.env.reeve', 'db.env']);
    const mark = readFileSync(join(folder, '.db.env.reeve'), 'utf8');
    expect(JSON.parse(mark)).toMatchObject({ secret: SECRET_ID, version: 1, isTold: true });
    expect(mark).not.toContain(value.password);
    expect(await stateOf()).toBe('same');
    expect(await stateOf(2)).toBe('behind');
  });

  it('is left as it is when the same is delivered again', async () => {
    const value = generated();
    const secret = secretWith([targetOf({ reload: 'nginx' })]);
    await open().deliver(secret, value, signal);
    const before = statSync(path, { bigint: true });
    await open().deliver(secret, value, signal);
    expect(statSync(path, { bigint: true })).toEqual(before);
    expect(told).toEqual(['systemctl try-reload-or-restart -- nginx.service']);
  });

  it('has the mode and the owner that the target says', async () => {
    const value = generated();
    const { getuid, getgid } = process;
    const owner = { user: getuid?.() ?? 0, group: getgid?.() ?? 0 };
    await open().deliver(secretWith([targetOf({ mode: '0440', owner })]), value, signal);
    expect(modeOf(path)).toBe(0o440);
    await open().deliver(secretWith([targetOf({ mode: '0640' })]), value, signal);
    expect(modeOf(path)).toBe(0o640);
  });

  it.each([
    ['made', 'theirs', 'was put there by somebody else, or for another secret'],
    ['edited', 'PASSWORD=by-hand\n', 'was edited by somebody else since Reeve wrote it'],
  ])('that somebody else %s is replaced only where Reeve is told to', async (how, theirs, why) => {
    if (how === 'edited') await open().deliver(secretWith([targetOf()]), generated(), signal);
    writeFileSync(path, theirs);
    const value = generated();
    const failure = await failureOf(open().deliver(secretWith([targetOf()], 2), value, signal));
    expect(failure).toBe(`changed: The file \`${path}\` ${why}`);
    expect(text()).toBe(theirs);
    await open().deliver(secretWith([targetOf({ takeOver: true })], 2), value, signal);
    expect(text()).toBe(`PASSWORD=${value.password}\n`);
  });

  describe('is not written', () => {
    it.each([
      ['where no folder is allowed', () => join(root, 'db.env'), 'No plan may write'],
      ['in a folder whose name begins alike', () => `${folder}-not/db.env`, 'No plan may write'],
      ['through a link to elsewhere', () => join(folder, 'link/db.env'), 'No plan may write'],
      [
        'in a folder that is not there',
        () => join(folder, 'none/db.env'),
        'there is no such folder',
      ],
      ['in place of a folder', () => join(folder, 'inner'), 'is no plain file'],
      ['in place of a link', () => join(folder, 'linked'), 'is no plain file'],
    ])('%s', async (_, place, why) => {
      mkdirSync(join(root, 'elsewhere'));
      mkdirSync(`${folder}-not`);
      mkdirSync(join(folder, 'inner'));
      symlinkSync(join(root, 'elsewhere'), join(folder, 'link'));
      symlinkSync(join(root, 'elsewhere', 'file'), join(folder, 'linked'));
      const target = targetOf({ path: place(), takeOver: true });
      const value = generated();
      const failure = await failureOf(open().deliver(secretWith([target]), value, signal));
      expect(failure).toContain(why);
      expect(failure).not.toContain(value.password);
      expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
      expect(readdirSync(`${folder}-not`)).toEqual([]);
    });
  });

  describe('is told of', () => {
    const deliver = (reload: string, more: Partial<DeliveryParts> = {}) =>
      failureOf(open(more).deliver(secretWith([targetOf({ reload })]), generated(), signal));

    it('by a signal to the process of a file', async () => {
      writeFileSync(join(root, 'pid'), '4711\n');
      expect(await deliver('worker')).toBe('nothing failed');
      expect(told).toEqual(['SIGUSR1 4711']);
    });

    it('to nobody where there is no such process, or none that runs', async () => {
      expect(await deliver('worker')).toBe('nothing failed');
      expect(told).toEqual([]);
    });

    it.each(['', '1', '0', '-1', 'init', '4711 4712', '99999999'])(
      'to no process by %j',
      async (pid) => {
        writeFileSync(join(root, 'pid'), pid);
        expect(await deliver('worker')).toMatch(/^invalid: .* holds no number of a process$/);
        expect(told).toEqual([]);
      },
    );

    it('only to those that the configuration names', async () => {
      expect(await deliver('constructor')).toBe(
        'invalid: The configuration has no reload `constructor`',
      );
    });

    it('again, until whoever is told has come up with it', async () => {
      const value = generated();
      const secret = secretWith([targetOf({ reload: 'nginx' })]);
      const failing = open({ run: async () => 1 });
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(await failureOf(failing.deliver(secret, value, signal))).toBe(
          'invalid: nginx.service does not come up with the new file',
        );
      }
      await open().deliver(secret, value, signal);
      await open().deliver(secret, value, signal);
      expect(told).toHaveLength(1);
    });
  });

  it('is not written before its mark says so', async () => {
    await open().deliver(secretWith([targetOf()]), generated(), signal);
    const before = text();
    const inTheWay = join(folder, '..db.env.reeve.reeve-draft');
    mkdirSync(inTheWay);
    const value = generated();
    const failure = await failureOf(open().deliver(secretWith([targetOf()], 2), value, signal));
    expect(failure).toMatch(/^(unreachable|invalid): Writing /);
    expect([text(), await stateOf(2)]).toEqual([before, 'behind']);
    rmSync(inTheWay, { recursive: true });
    await open().deliver(secretWith([targetOf()], 2), value, signal);
    expect(await stateOf(2)).toBe('same');
  });

  it('ends the same where the delivery was killed between its mark and itself', async () => {
    const [first, second] = [generated(), generated()];
    const secret = (version: number) => secretWith([targetOf({ reload: 'nginx' })], version);
    await open().deliver(secret(1), first, signal);
    const before = text();
    await open().deliver(secret(2), second, signal);
    // as if only the mark of the second had been written
    const mark = JSON.parse(readFileSync(join(folder, '.db.env.reeve'), 'utf8'));
    writeFileSync(join(folder, '.db.env.reeve'), JSON.stringify({ ...mark, isTold: false }));
    writeFileSync(path, before, { mode: 0o600 });
    writeFileSync(join(folder, '.db.env.reeve-draft'), 'half');
    expect(await stateOf(2)).toBe('behind');
    await open().deliver(secret(2), second, signal);
    expect(text()).toBe(`PASSWORD=${second.password}\n`);
    expect(await stateOf(2)).toBe('same');
    expect(told).toHaveLength(3);
    expect(readdirSync(folder).sort()).toEqual(['.db.env.reeve', 'db.env']);
  });
});
