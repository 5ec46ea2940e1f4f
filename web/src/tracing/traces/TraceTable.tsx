import { Link } from '@tanstack/react-router';
import { Moment } from '../../components/Moment.tsx';
import { grouped } from '../../names.ts';
import type { TraceSummary } from '../model.ts';
import { cut, KEEP, lengthWords, partyWords } from '../words.ts';

const MAX_SERVICES = 6;

export function TraceTable({ traces }: { readonly traces: readonly TraceSummary[] }) {
  return (
    <div className="scroll">
      <table className="cards">
        <caption className="hidden">Traces</caption>
        <thead>
          <tr>
            <th scope="col">Trace</th>
            <th scope="col">When</th>
            <th scope="col">Kept because</th>
            <th scope="col">Services</th>
            <th scope="col" className="number">
              Spans
            </th>
            <th scope="col" className="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {traces.map(({ id, reasons, services, spanCount, time, lastTime }) => (
            <tr key={id}>
              <th scope="row">
                <Link to="/traces/$id" params={{ id }} title={id}>
                  <code>{cut(id, 17)}</code>
                </Link>
              </th>
              <td data-column="When">
                <Moment time={time} />
              </td>
              <td data-column="Kept because">{reasons.map((reason) => KEEP[reason]).join(', ')}</td>
              <td data-column="Services" title={services.join('\n')}>
                <span className="clamped">{servicesWords(services)}</span>
              </td>
              <td data-column="Spans" className="number">
                {grouped(spanCount)}
              </td>
              <td data-column="Took" className="number">
                {lengthWords(Date.parse(lastTime) - Date.parse(time))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function servicesWords(services: readonly string[]): string {
  const more = services.length - MAX_SERVICES;
  const names = services.slice(0, MAX_SERVICES).map((id) => cut(partyWords(id), 40));
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
