export { type AskWitness, askWitness, type Witnessed } from './ask.ts';
export { witnessServer } from './server.ts';
export { openWitnessState } from './state.ts';
export { Witness, type WitnessState } from './witness.ts';
