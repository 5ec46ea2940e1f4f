/** What endpoints speak. */
export const PROTOCOLS = ['http', 'grpc', 'graphql', 'event'] as const;
