import { Link } from '@tanstack/react-router';
import { Moment } from '../../components/Moment.tsx';
import { Badge } from '../../components/parts.tsx';
import type { IncidentSummary } from '../model.ts';
import { cut, partyWords } from '../words.ts';
import { STATE_TONES } from './words.ts';

const MAX_STOPS = 6;

export function IncidentTable({ incidents }: { readonly incidents: readonly IncidentSummary[] }) {
  return (
    <div className="scroll">
      <table className="cards incidents-table">
        <caption className="hidden">Incidents</caption>
        <thead>
          <tr>
            <th scope="col">Incident</th>
            <th scope="col">State</th>
            <th scope="col">Severity</th>
            <th scope="col">Way</th>
            <th scope="col">First sign</th>
            <th scope="col">Latest</th>
            <th scope="col">Looked after by</th>
          </tr>
        </thead>
        <tbody>
          {incidents.map((incident) => (
            <tr key={incident.id}>
              <th scope="row">
                <Link to="/incidents/$id" params={{ id: incident.id }} className="clamped">
                  {incident.reason}
                </Link>
              </th>
              <td data-column="State">
                <span className={`badge ${STATE_TONES[incident.state]}`}>{incident.state}</span>
              </td>
              <td data-column="Severity">
                <Badge word={incident.severity} />
              </td>
              <td data-column="Way" title={incident.path.join(' → ')}>
                <span>{wayWords(incident.path)}</span>
              </td>
              <td data-column="First sign" className="when">
                <Moment time={incident.time} />
              </td>
              <td data-column="Latest" className="when">
                <Moment time={incident.lastTime} />
              </td>
              <td data-column="Looked after by">
                {incident.assignee ?? <span className="dim">—</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function wayWords(path: readonly string[]): string {
  const names = path.map((id) => cut(partyWords(id), 28));
  if (names.length <= MAX_STOPS) return names.join(' → ');
  return `${names.slice(0, MAX_STOPS - 1).join(' → ')} → ${names.length - MAX_STOPS} more → ${names.at(-1)}`;
}
