import type { Endpoint } from '../../../src/estate/model.ts';
import { Moment } from '../components/Moment.tsx';
import type { Traffic } from './words.ts';

/** How the endpoint differs from what is declared and from what it used to be, with the parameters that
 *  requests bring. */
export function ChangesSection({ endpoint }: { readonly endpoint: Endpoint }) {
  const { changes, traffic } = endpoint;
  const since = traffic?.changes ?? [];
  const parameters = traffic?.parameters ?? [];
  if (changes.length === 0 && since.length === 0 && parameters.length === 0) return null;
  return (
    <section>
      <h3>Changes and parameters</h3>
      {changes.length > 0 && (
        <ul className="bullets">
          {changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
      )}
      {since.length > 0 && (
        <ul className="bullets">
          {since.map((change) => (
            <li key={`${change.what} ${change.value}`}>
              {CHANGE_WORDS[change.what]} <code>{change.value}</code>, first seen{' '}
              <Moment time={change.since} />
            </li>
          ))}
        </ul>
      )}
      {parameters.length > 0 && (
        <p>
          Query parameters that requests bring:{' '}
          {parameters.map((name, index) => (
            <span key={name}>
              {index > 0 && ', '}
              <code>{name}</code>
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

type What = Traffic['changes'][number]['what'];

const CHANGE_WORDS: Readonly<Record<What, string>> = {
  method: 'New method',
  parameter: 'New parameter',
  response: 'New status',
  authentication: 'New way to authenticate:',
};
