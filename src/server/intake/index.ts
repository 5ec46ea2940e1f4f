/** Traffic taken in, and told to the estate. */
export { IntakeConfig } from './config.ts';
export type { IntakeAddresses, IntakeStatus } from './messages.ts';
export { TrafficIntake, type TrafficIntakePorts } from './traffic-intake.ts';
