import { Badge } from '../../components/parts.tsx';
import type { Sign } from '../model.ts';
import { PartyLink, Technique, TraceLink } from '../parts.tsx';
import { kindWords, timeWords } from '../words.ts';
import { evidenceValue, evidenceWords } from './words.ts';

/** What one detection saw: in a sentence, with what shows it. */
export function SignView({ sign }: { readonly sign: Sign }) {
  const { kind, severity, reason, evidence, technique, from, to, operation, time, traceId } = sign;
  return (
    <div className="sign">
      <p>
        <Badge word={severity} /> <b>{kindWords(kind)}</b>{' '}
        <time className="dim" dateTime={time}>
          {timeWords(time)}
        </time>
      </p>
      <p>{reason}</p>
      <p className="dim">
        <PartyLink id={from} /> → <PartyLink id={to} /> <code>{operation}</code> ·{' '}
        <Technique id={technique} />
        {traceId !== null && (
          <>
            {' '}
            · trace <TraceLink id={traceId} />
          </>
        )}
      </p>
      {Object.keys(evidence).length > 0 && (
        <ul className="shares" aria-label="Evidence">
          {Object.entries(evidence).map(([name, value]) => (
            <li key={name}>
              <span className="dim">{evidenceWords(name)}</span> {evidenceValue(value)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
