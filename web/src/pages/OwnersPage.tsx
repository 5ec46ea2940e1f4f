import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get, type Owner } from '../api.ts';
import { ErrorNote } from '../components/parts.tsx';
import { grouped } from '../names.ts';

const COLUMNS = ['services', 'endpoints', 'credentials'] as const;

/** Who answers for what, in numbers that lead to the lists. */
export function OwnersPage() {
  const { data, error } = useQuery({
    queryKey: ['owners'],
    queryFn: () => get<{ items: readonly Owner[] }>('/owners'),
  });
  return (
    <main id="content" className="page">
      <h1>Owners</h1>
      {error && <ErrorNote error={error} />}
      {data?.items.length === 0 && <p className="empty">Nobody owns anything yet.</p>}
      {data && data.items.length > 0 && (
        <div className="scroll">
          <table>
            <caption className="hidden">Owners</caption>
            <thead>
              <tr>
                <th scope="col">Owner</th>
                {COLUMNS.map((column) => (
                  <th key={column} scope="col" className="number">
                    {column}
                  </th>
                ))}
                <th scope="col" className="number">
                  findings
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((item) => (
                <tr key={item.owner}>
                  <th scope="row">{item.owner}</th>
                  {COLUMNS.map((column) => (
                    <td key={column} className="number">
                      <Link to="/$list" params={{ list: column }} search={{ owner: item.owner }}>
                        {grouped(item[column])}
                      </Link>
                    </td>
                  ))}
                  <td className="number">{grouped(item.findings)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}
