import { useQuery } from '@tanstack/react-query';
import { get, type Page } from '../../api.ts';
import { counted } from '../../names.ts';

const REFRESH_MS = 5_000;
const MOST = 99;

/** How many incidents are open, wherever one is. Its room is there while there are none: what stands beside it does not
 *  move when there is the first. */
export function OpenBadge() {
  const { data } = useQuery({
    queryKey: ['incidents', 'open'],
    queryFn: () => get<Page<unknown>>('/incidents', { state: 'open', limit: 1 }),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const open = data?.total ?? 0;
  if (open === 0) return <span className="open-count none" />;
  return (
    <span className="open-count" role="img" aria-label={counted(open, 'open incident')}>
      {open > MOST ? `${MOST}+` : open}
    </span>
  );
}
