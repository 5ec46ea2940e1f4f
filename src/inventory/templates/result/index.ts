export { endpointsOf, type Templates } from './endpoints.ts';
export { match } from './match.ts';
