/** Apart from the rest, so that whoever only reads settings loads no more. */
export { AdmissionConfig } from './config.ts';
