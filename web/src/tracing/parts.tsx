import { Link } from '@tanstack/react-router';
import { Missing } from '../components/parts.tsx';
import { OUTSIDE } from './model.ts';
import { cut, partyWords, type Said, TECHNIQUES, techniqueUrl } from './words.ts';

/** A word with its colour, and what it means. */
export function Word({ said }: { readonly said: Said }) {
  return (
    <span className={`badge ${said.tone}`} title={said.meaning}>
      {said.word}
    </span>
  );
}

/** A service by its name, leading to it in the call graph. */
export function PartyLink({ id }: { readonly id: string | null }) {
  if (id === null || id === OUTSIDE) return <Missing what={partyWords(id)} />;
  return (
    <Link to="/graph" search={{ service: id, id }} title={id} className="clamped">
      {partyWords(id)}
    </Link>
  );
}

/** A trace by its id, leading to its waterfall. */
export function TraceLink({ id }: { readonly id: string }) {
  return (
    <Link to="/traces/$id" params={{ id }} title={id}>
      <code>{cut(id, 13)}</code>
    </Link>
  );
}

export function TraceLinks({ ids }: { readonly ids: readonly string[] }) {
  return (
    <ul className="inline">
      {ids.map((id) => (
        <li key={id}>
          <TraceLink id={id} />
        </li>
      ))}
    </ul>
  );
}

/** A technique of MITRE ATT&CK, leading to its page there. */
export function Technique({ id }: { readonly id: string }) {
  const url = techniqueUrl(id);
  if (url === undefined) return <span>{id}</span>;
  const name = Object.hasOwn(TECHNIQUES, id) ? ` ${TECHNIQUES[id]}` : '';
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {id}
      {name}
    </a>
  );
}

/** A sentence of the server, with what stands between backticks as code. */
export function Prose({ text }: { readonly text: string }) {
  return text.split('`').map((part, place) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have nothing but their place
    return place % 2 === 1 ? <code key={place}>{part}</code> : part;
  });
}
