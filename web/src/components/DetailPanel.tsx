import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { get } from '../api.ts';
import type { AnyItem, List, ListName } from '../lists.tsx';
import { isDialogOpen } from './Dialog.tsx';
import { ErrorNote } from './parts.tsx';

interface Props<Item extends AnyItem> {
  readonly name: ListName;
  readonly list: List<Item>;
  readonly id: string;
  readonly onClose: () => void;
}

/** One item beside its list, with the evidence. Escape closes it. */
export function DetailPanel<Item extends AnyItem>({ name, list, id, onClose }: Props<Item>) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { data, error } = useQuery({
    queryKey: [name, 'one', id],
    queryFn: () => get<Item>(`/${name}/${encodeURIComponent(id)}`),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another item takes the focus again
  useEffect(() => heading.current?.focus(), [id]);
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !isDialogOpen()) onClose();
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [onClose]);
  return (
    <aside className="panel" aria-label="Detail">
      <button type="button" className="quiet close" onClick={onClose} aria-label="Close the detail">
        ×
      </button>
      <h2 ref={heading} tabIndex={-1}>
        {data ? list.label(data) : id}
      </h2>
      {error && <ErrorNote error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && list.detail(data)}
    </aside>
  );
}
