import { useQuery } from '@tanstack/react-query';
import { get } from '../api.ts';
import type { AnyItem, List, ListName } from '../lists.tsx';
import { ErrorNote } from './parts.tsx';
import { SidePanel } from './SidePanel.tsx';

interface Props<Item extends AnyItem> {
  readonly name: ListName;
  readonly list: List<Item>;
  readonly id: string;
  readonly onClose: () => void;
}

/** One item beside its list, with the evidence. Escape closes it. */
export function DetailPanel<Item extends AnyItem>({ name, list, id, onClose }: Props<Item>) {
  const { data, error } = useQuery({
    queryKey: [name, 'one', id],
    queryFn: () => get<Item>(`/${name}/${encodeURIComponent(id)}`),
  });
  return (
    <SidePanel subject={id} title={data ? list.label(data) : id} onClose={onClose}>
      {error && <ErrorNote error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && list.detail(data)}
    </SidePanel>
  );
}
