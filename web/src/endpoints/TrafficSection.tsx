import type { Endpoint } from '../../../src/estate/model.ts';
import { Moment } from '../components/Moment.tsx';
import { Facts, Missing, ServiceLink } from '../components/parts.tsx';
import { grouped, partsOf } from '../names.ts';
import { credentialWords, statusShares, type Traffic, toPercent, toRate } from './words.ts';

/** What traffic shows of an endpoint: how much, by whom, with what, and how it ended. */
export function TrafficSection({ endpoint }: { readonly endpoint: Endpoint }) {
  const { traffic, observed } = endpoint;
  return (
    <section>
      <h3>Traffic</h3>
      {traffic === null ? (
        <p className="dim">
          {observed ? 'Seen in traffic; no figures were kept.' : 'No request of it was seen.'}
        </p>
      ) : (
        <>
          <Figures traffic={traffic} />
          <Statuses traffic={traffic} />
          <Callers callers={traffic.callers} />
          <Credentials credentials={traffic.credentials} />
        </>
      )}
    </section>
  );
}

function Figures({ traffic }: { readonly traffic: Traffic }) {
  return (
    <Facts
      rows={[
        {
          term: 'Requests',
          value: `${grouped(traffic.requests)}, now ${toRate(traffic.perMinute)}`,
        },
        { term: 'First seen', value: <Moment time={traffic.firstSeen} /> },
        { term: 'Last seen', value: <Moment time={traffic.lastSeen} /> },
        { term: 'Failed (5xx)', value: toPercent(traffic.errorShare) },
        { term: 'Refused (4xx)', value: toPercent(traffic.refusedShare) },
      ]}
    />
  );
}

/** A bar for the eye, and the same in words. */
function Statuses({ traffic }: { readonly traffic: Traffic }) {
  const shares = statusShares(traffic);
  if (shares.length === 0) return null;
  return (
    <>
      <h4>Answers by status</h4>
      <div className="bar-of-shares" aria-hidden="true">
        {shares.map(({ status, share, tone }) => (
          <span key={status} className={tone} style={{ flexGrow: share }} />
        ))}
      </div>
      <ul className="shares">
        {shares.map(({ status, requests, share, tone }) => (
          <li key={status}>
            <span className={`swatch ${tone}`} aria-hidden="true" />
            <b>{status}</b> {grouped(requests)} <span className="dim">({toPercent(share)})</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Callers({ callers }: { readonly callers: Traffic['callers'] }) {
  const total = callers.reduce((sum, { requests }) => sum + requests, 0);
  return (
    <>
      <h4>Who calls it</h4>
      {callers.length === 0 && <p className="dim">No source told who.</p>}
      {callers.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Caller</th>
              <th scope="col" className="number">
                Share
              </th>
              <th scope="col">Identity</th>
            </tr>
          </thead>
          <tbody>
            {callers.map(({ service, requests, isProved }) => (
              <tr key={service}>
                <th scope="row">
                  <Caller service={service} />
                </th>
                <td className="number" title={`${grouped(requests)} requests`}>
                  {toPercent(total === 0 ? 0 : requests / total)}
                </td>
                <td>{isProved ? 'proved by mTLS' : <Missing what="only asserted" />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** Callers that the estate does not know are named as the source named them. */
function Caller({ service }: { readonly service: string }) {
  const isKnown = partsOf(service).name !== '';
  return isKnown ? <ServiceLink id={service} /> : <span title={service}>{service}</span>;
}

/** What requests carried. The words say that nothing more is known: carrying a token proves nothing. */
function Credentials({ credentials }: Pick<Traffic, 'credentials'>) {
  const seen = Object.entries(credentials).sort(([, a], [, b]) => b - a);
  if (seen.length === 0) return null;
  return (
    <>
      <h4>What requests carried</h4>
      <ul className="shares">
        {seen.map(([credential, requests]) => (
          <li key={credential}>
            {grouped(requests)} with <b>{credentialWords(credential)}</b>
          </li>
        ))}
      </ul>
      <p className="hint">Seen in requests. It does not say that anybody checked it.</p>
    </>
  );
}
