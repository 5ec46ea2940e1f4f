import { Link } from '@tanstack/react-router';
import type { Endpoint } from '../../../src/estate/model.ts';
import { Badge, Missing, toneOf } from '../components/parts.tsx';
import { ago, grouped } from '../names.ts';
import { environmentsOf, reviewWords, toRate } from './words.ts';

/** What the list of endpoints shows of one, cell by cell. */

/** Method and template; a long one is cut, and told whole by its title. */
export function OperationName({ endpoint }: { readonly endpoint: Endpoint }) {
  const { method, template } = endpoint;
  return (
    <code className="operation" title={`${method} ${template}`}>
      <b>{method}</b> {template}
    </code>
  );
}

/** What sets an endpoint apart from others of its status. */
export function Marks({ endpoint }: { readonly endpoint: Endpoint }) {
  const { blocked, changes, visibility, review, deprecated, status } = endpoint;
  return (
    <span className="marks">
      <Badge word={status} />
      {blocked && <Badge word="blocked" />}
      {changes.length > 0 && (
        <span className="badge warn" title={changes.join('\n')}>
          changed
        </span>
      )}
      {deprecated && status !== 'zombie' && <Badge word="deprecated" />}
      {visibility !== 'shown' && <Badge word={visibility} />}
      {review !== null && (
        <span className="badge review" title={`Waits for review: ${reviewWords(review)}`}>
          review
        </span>
      )}
    </span>
  );
}

export function TrafficCell({ endpoint }: { readonly endpoint: Endpoint }) {
  const { traffic, observed } = endpoint;
  if (traffic === null) return observed ? 'seen' : <Missing what="not seen" />;
  return (
    <span className="traffic" title={`${grouped(traffic.requests)} requests`}>
      {toRate(traffic.perMinute)}{' '}
      <time className="dim" dateTime={traffic.lastSeen}>
        {ago(traffic.lastSeen)}
      </time>
    </span>
  );
}

/** One chip an environment: its colour is the status, a full dot says that traffic was seen. */
export function EnvironmentChips({ endpoint }: { readonly endpoint: Endpoint }) {
  return (
    <ul className="environments">
      {environmentsOf(endpoint).map(({ environment, id, status, observed }) => (
        <li key={id}>
          <Link
            to="/$list"
            params={{ list: 'endpoints' }}
            search={(search) => ({ ...search, id })}
            resetScroll={false}
            className={`environment ${toneOf(status)}`}
            title={`${environment}: ${status}, ${observed ? 'seen in traffic' : 'not seen in traffic'}`}
          >
            <span className="dot" aria-hidden="true">
              {observed ? '●' : '○'}
            </span>
            {environment}
            <span className="hidden">
              : {status}, {observed ? 'seen in traffic' : 'not seen in traffic'}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function SensitivityTags({ endpoint }: { readonly endpoint: Endpoint }) {
  return (
    <span className="marks">
      {endpoint.sensitivity.map(({ tag, because }) => (
        <span key={tag} className="badge plain" title={because}>
          {tag}
        </span>
      ))}
    </span>
  );
}
