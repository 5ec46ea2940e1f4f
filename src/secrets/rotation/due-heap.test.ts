import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DueHeap } from './due-heap.ts';

it('takes out what a sorted list would, whatever is added, moved and removed', () => {
  const act = fc.record({
    what: fc.constantFrom('set', 'set', 'delete', 'take'),
    name: fc.integer({ min: 0, max: 30 }).map(String),
    due: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
      const heap = new DueHeap();
      const model = new Map<string, number>();
      for (const { what, name, due } of acts) {
        if (what === 'set') {
          heap.set(name, due);
          model.set(name, due);
        } else if (what === 'delete') {
          heap.delete(name);
          model.delete(name);
        } else {
          const first = Math.min(...model.values());
          const taken = heap.take(due);
          if (first > due) expect(taken).toBeUndefined();
          else {
            expect(model.get(taken ?? '')).toBe(first);
            model.delete(taken ?? '');
          }
        }
        expect(heap.size).toBe(model.size);
        expect(heap.firstDue ?? Number.POSITIVE_INFINITY).toBe(Math.min(...model.values()));
        expect(heap.has(name)).toBe(model.has(name));
      }
    }),
  );
});
