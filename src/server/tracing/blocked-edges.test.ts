import { describe, expect, it, vi } from 'vitest';
import { readGuardrails } from '../../authorization/guardrails/index.ts';
import type { NewAuditEntry, PolicyFile } from '../../estate/index.ts';
import { BlockedEdges } from './blocked-edges.ts';

const BY = { actor: 'ada', reason: 'incident-1: "it" spreads\n' };
const EDGE = 'p/shop/web -> p/shop/orders';

function blocked() {
  let files: readonly PolicyFile[] = [];
  const entries: NewAuditEntry[] = [];
  const onChange = vi.fn(async () => undefined);
  const edges = new BlockedEdges({
    sources: {
      own: async () => files,
      changeOwn: async (work, entry) => {
        const after = work(files);
        if (after === undefined) return;
        files = after;
        entries.push(entry);
      },
    },
    clock: () => 0,
    onChange,
  });
  return { edges, entries, onChange, files: () => files };
}

describe('edges that are blocked', () => {
  it('are a guardrail each, which holds, and can be listed', async () => {
    const { edges, files, entries, onChange } = blocked();
    const { id } = await edges.block(EDGE, BY);
    expect(readGuardrails(files()).diagnostics).toEqual([]);
    expect(readGuardrails(files()).guardrails.map((one) => one.id)).toEqual([id]);
    expect(await edges.list()).toEqual([
      { id, from: 'p/shop/web', to: 'p/shop/orders', reason: BY.reason },
    ]);
    expect(entries.map(({ action }) => action)).toEqual(['policy.block-edge']);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('tell why in what is no secret, and whatever it is written in', async () => {
    const reason = 'incident-1: his token AKIAZ3MSJV4W7Q2NBX5L\u2028was seen';
    const { edges, files } = blocked();
    const { id } = await edges.block(EDGE, { ...BY, reason });
    expect((await edges.list()).map((one) => one.id)).toEqual([id]);
    expect(JSON.stringify([files(), await edges.list()])).not.toContain('AKIAZ3MSJV4W7Q2NBX5L');
    expect(readGuardrails(files()).diagnostics).toEqual([]);
  });

  it('are blocked once, however often that is asked for', async () => {
    const { edges, files, entries } = blocked();
    await edges.block(EDGE, BY);
    await edges.block(EDGE, BY);
    expect([files().length, entries.length]).toEqual([1, 1]);
  });

  it('can be opened again', async () => {
    const { edges, files } = blocked();
    const { id } = await edges.block(EDGE, BY);
    await edges.open(id, BY);
    expect(files()).toEqual([]);
    const again = edges.open(id, BY);
    await expect(again).rejects.toMatchObject({ code: 'tracing/blocked-edge-not-found' });
  });

  it('have two ends', async () => {
    const block = blocked().edges.block('web', BY);
    await expect(block).rejects.toMatchObject({ code: 'tracing/edge-malformed' });
  });
});
