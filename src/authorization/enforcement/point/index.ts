/** Where one machine decides. */
export { EnforcementPoint } from './point.ts';
