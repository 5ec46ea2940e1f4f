import type { AlertHop } from '../model.ts';
import { PartyLink, TraceLink, Word } from '../parts.tsx';
import { EVIDENCE, kindWords, OUTCOME, POLICY, timeWords } from '../words.ts';

const SHOWN = 300;

/** The way as a table: request by request, with the traces. */
export function HopTable({ hops }: { readonly hops: readonly AlertHop[] }) {
  return (
    <div className="scroll">
      <table className="cards">
        <caption className="hidden">Requests of the way</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Operation</th>
            <th scope="col">Who called</th>
            <th scope="col">Decision</th>
            <th scope="col">Signs</th>
            <th scope="col">Trace</th>
          </tr>
        </thead>
        <tbody>
          {hops.slice(0, SHOWN).map((hop, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: equal requests have nothing else to tell them apart
            <tr key={place}>
              <th scope="row" className="when">
                {timeWords(hop.time)}
              </th>
              <td data-column="From">
                <PartyLink id={hop.from} />
              </td>
              <td data-column="To">
                <PartyLink id={hop.to} />
              </td>
              <td data-column="Operation">
                <span className="clamped">{hop.operation}</span>
              </td>
              <td data-column="Who called">
                <Word said={EVIDENCE[hop.evidence]} />
              </td>
              <td data-column="Decision">
                <span className="marks">
                  <Word said={POLICY[hop.policy]} />
                  <Word said={OUTCOME[hop.outcome]} />
                </span>
              </td>
              <td data-column="Signs">{hop.signs.map(kindWords).join(', ')}</td>
              <td data-column="Trace">
                {hop.traceId === null ? '' : <TraceLink id={hop.traceId} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hops.length > SHOWN && (
        <p className="dim">
          The first {SHOWN} of {hops.length.toLocaleString('en')}.
        </p>
      )}
    </div>
  );
}
