import { describeFile } from '../../../base/grpc/index.ts';

/** The name of the service. */
export const POLICY_FEED = 'reeve.policy.v1.PolicyFeed';

/** The feed, as tools ask for it. */
export const POLICY_FEED_FILE = describeFile({
  name: 'reeve/policy/v1/policy_feed.proto',
  package: 'reeve.policy.v1',
  messages: {
    WatchRequest: { revision: '1 string' },
    WatchResponse: { revision: '1 string', policy: '2 bytes' },
  },
  services: { PolicyFeed: { Watch: 'WatchRequest -> stream WatchResponse' } },
});
