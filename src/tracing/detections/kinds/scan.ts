import { OUTCOME } from '../../hop.ts';
import type { Detection } from '../detection.ts';
import { UNUSUAL } from '../unusual.ts';
import { count } from '../words.ts';

/** Bursts have many causes: retries, credentials that have run out, jobs. Where it is known what is usual, many times that is
 *  an alert by itself. */
const MOST = 3;
const MOST_KNOWN = 4.5;

/** Of ten minutes: more different targets than the caller ever has, or denials and failures that it never has. */
export const scan: Detection = {
  kind: 'scan',
  technique: 'T1046',
  title: 'A service tries many targets, or is denied again and again',
  when: UNUSUAL.burst,
  scope: ['from'],
  look({ usual, from, policy, hop }) {
    // who does what he declares to do, and is answered, is busy
    if (policy === 'declared' && hop.outcome === OUTCOME.ok) return undefined;
    const targets = Math.max(
      excess(usual.fanOutNow, usual.fanOutUsual),
      excess(usual.endpointFanOutNow, usual.endpointFanOutUsual),
    );
    const denials = surprise(usual.denialsNow, usual.callerRequestsNow * usual.callerDeniedShare);
    const failures = surprise(usual.failuresNow, usual.callerRequestsNow * usual.callerFailedShare);
    const isKnown = usual.fanOutUsual + usual.endpointFanOutUsual > 0;
    const score = Math.min(
      isKnown ? MOST_KNOWN : MOST,
      targets + Math.min(1, (denials + failures / 2) / 8),
    );
    if (score < 1) return undefined;
    const usually =
      usual.endpointFanOutUsual === 0 && usual.fanOutUsual === 0
        ? 'what is usual is not known yet'
        : `usually up to ${usual.fanOutUsual.toFixed(0)} and ${usual.endpointFanOutUsual.toFixed(0)}`;
    const parts = [
      `${count(usual.fanOutNow, 'service')} and ${count(usual.endpointFanOutNow, 'operation')} (${usually})`,
      ...(usual.denialsNow > 0 ? [`was denied ${count(usual.denialsNow, 'time')}`] : []),
      ...(usual.failuresNow > 0 ? [`failed ${count(usual.failuresNow, 'time')}`] : []),
    ];
    return {
      score,
      reason: `in 10 minutes ${from.name} called ${parts.join(', ')}`,
      evidence: {
        services: usual.fanOutNow,
        operations: usual.endpointFanOutNow,
        usualServices: usual.fanOutUsual,
        usualOperations: usual.endpointFanOutUsual,
        denials: usual.denialsNow,
        failures: usual.failuresNow,
      },
    };
  },
};

/** Of targets beyond twice what is usual. */
function excess(now: number, usual: number): number {
  const over = now - Math.max(6, usual * 2);
  return over <= 0 ? 0 : Math.log2(1 + over);
}

/** Chernoff's bound of so many where `expected` are, as nats. */
export function surprise(seen: number, expected: number): number {
  const mean = expected + 0.5;
  return seen <= mean + 2 ? 0 : seen * Math.log(seen / mean) - seen + mean;
}
