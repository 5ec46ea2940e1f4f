import { describe, expect, it, vi } from 'vitest';
import { RecentSecrets } from './recent-secrets.ts';
import type { StoredSecret } from './stored-secret.ts';
import { aSecret } from './testing/secret.ts';

const stored = (id: string, version = 1, length = 100): StoredSecret => ({
  secret: aSecret(id, 'x'.repeat(length)),
  version,
});

function opened(versions: Map<string, number>) {
  const documentVersions = vi.fn(async (_: string, ids: readonly string[]) => {
    return new Map([...versions].filter(([id]) => ids.includes(id)));
  });
  return { recent: new RecentSecrets({ documentVersions }), documentVersions };
}

describe('secrets that were read lately', () => {
  it('are remembered as long as the store has them so', async () => {
    const versions = new Map([['a', 1]]);
    const { recent } = opened(versions);
    const one = stored('a');
    recent.remember(one);
    expect(await recent.get('a')).toBe(one);
    versions.set('a', 2);
    expect(await recent.get('a')).toBeUndefined();
    versions.set('a', 1);
    expect(await recent.get('a')).toBeUndefined();
  });

  it('are not remembered once they are gone, and what was never read is asked for by nobody', async () => {
    const { recent, documentVersions } = opened(new Map());
    expect(await recent.get('a')).toBeUndefined();
    expect(documentVersions).not.toHaveBeenCalled();
    recent.remember(stored('a'));
    expect(await recent.get('a')).toBeUndefined();
  });

  it('are asked for once by all who come together, and anew by who comes later', async () => {
    const { recent, documentVersions } = opened(new Map([...'ab'].map((id) => [id, 1])));
    for (const id of 'ab') recent.remember(stored(id));
    await Promise.all(['a', 'b', 'a', 'a'].map((id) => recent.get(id)));
    expect(documentVersions.mock.calls).toEqual([['secret', ['a', 'b']]]);
    await recent.get('a');
    expect(documentVersions).toHaveBeenCalledTimes(2);
  });

  it('are forgotten where they are too many, the longest unused first', async () => {
    const ids = Array.from({ length: 20 }, (_, at) => `s-${at}`);
    const { recent } = opened(new Map(ids.map((id) => [id, 1])));
    const million = 1024 * 1024;
    for (const id of ids.slice(0, 15)) recent.remember(stored(id, 1, million));
    await recent.get('s-0');
    for (const id of ids.slice(15)) recent.remember(stored(id, 1, million));
    const known = await Promise.all(ids.map((id) => recent.get(id)));
    const kept = known.flatMap((one) => (one ? [one.secret.id] : []));
    expect(kept).toContain('s-0');
    expect(kept).not.toContain('s-1');
    expect(kept).toHaveLength(15);
  });

  it('fail for who asks while the store is away', async () => {
    const recent = new RecentSecrets({ documentVersions: () => Promise.reject(new Error('away')) });
    recent.remember(stored('a'));
    await expect(recent.get('a')).rejects.toThrow('away');
  });
});
