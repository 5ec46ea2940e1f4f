import { useState } from 'react';

/** Where each page up to this one began; from the first again when something else is asked for. */
export function useCursors(asked: string) {
  const [paging, setPaging] = useState<{ asked: string; cursors: readonly string[] }>();
  const cursors = paging?.asked === asked ? paging.cursors : [];
  return [cursors, (next: readonly string[]) => setPaging({ asked, cursors: next })] as const;
}
