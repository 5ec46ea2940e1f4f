import { useState } from 'react';
import { counted } from '../../names.ts';
import type { Waterfall, WaterfallRow } from '../model.ts';
import { PartyLink, Word } from '../parts.tsx';
import { EVIDENCE, lengthWords, OUTCOME, POLICY } from '../words.ts';
import { barOf } from './bars.ts';
import { callerWords, noteWords } from './words.ts';

const STEP = 300;
/** Steps that rows are moved in; what is deeper stands below those. */
const MAX_DEPTH = 10;

/** A trace request by request: when, how long, who called by which evidence, and what policy says of it. */
export function WaterfallTable({ trace }: { readonly trace: Waterfall }) {
  const [shown, setShown] = useState(STEP);
  const more = trace.rows.length - shown;
  return (
    <>
      <div className="scroll">
        <table className="waterfall">
          <caption className="hidden">Requests of the trace</caption>
          <thead>
            <tr>
              <th scope="col">Request</th>
              <th scope="col">Who called</th>
              <th scope="col">Decision</th>
              <th scope="col" className="when-in-trace">
                <span>0 ms</span>
                <span className="trace-end">{lengthWords(trace.durationMs)}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {trace.rows.slice(0, shown).map((row, place) => (
              <Request key={row.spanIds[0] ?? `row ${place}`} row={row} trace={trace} />
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && (
        <button type="button" onClick={() => setShown(shown + STEP)}>
          Show {counted(Math.min(STEP, more), 'more request', 'more requests')} of {more}
        </button>
      )}
    </>
  );
}

interface RequestProps {
  readonly row: WaterfallRow;
  readonly trace: Waterfall;
}

function Request({ row, trace }: RequestProps) {
  const { depth, to, operation, outcome, policy, status } = row;
  const notes = noteWords(row);
  const isDeep = depth > MAX_DEPTH;
  return (
    <tr className={row.isVirtual ? 'virtual' : undefined}>
      <th
        scope="row"
        style={{ paddingInlineStart: `${0.9 + Math.min(depth, MAX_DEPTH) * 1.1}rem` }}
      >
        {isDeep && <span className="dim">{depth} deep · </span>}
        <PartyLink id={to} />
        <code className="operation" title={operation}>
          {operation === '*' ? 'any operation' : operation}
        </code>
        {notes.map((note) => (
          <span key={note} className="note">
            {note}
          </span>
        ))}
      </th>
      <td className="caller">
        <Word said={EVIDENCE[row.evidence]} />
        <span className={row.contradicts ? 'who waits' : 'who dim'}>{callerWords(row)}</span>
      </td>
      <td>
        <span className="marks">
          <Word said={POLICY[policy]} />
          <Word said={OUTCOME[outcome]} />
          {status > 0 && <span className="dim">{status}</span>}
        </span>
      </td>
      <td className="time">
        <TimeBar row={row} trace={trace} />
      </td>
    </tr>
  );
}

function TimeBar({ row, trace }: RequestProps) {
  const { left, width } = barOf(row, trace);
  const waited = row.waitedMs === null ? '' : `, the caller waited ${lengthWords(row.waitedMs)}`;
  const words = `after ${lengthWords(row.offsetMs)}, for ${lengthWords(row.durationMs)}${waited}`;
  return (
    <div className="lane" title={words}>
      <span
        className={`bar-in-time ${row.outcome}`}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
      <span className="hidden">{words}</span>
      <span
        className={left > 60 ? 'length before' : 'length'}
        style={left > 60 ? { right: `${100 - left}%` } : { left: `${Math.min(82, left + width)}%` }}
        aria-hidden="true"
      >
        {lengthWords(row.durationMs)}
      </span>
    </div>
  );
}
