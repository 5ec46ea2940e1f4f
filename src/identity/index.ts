export { admits, authenticate, judgeCalls, postureFor, type Verdict } from './authentication.ts';
