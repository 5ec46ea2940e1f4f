/** OTLP over HTTP. */

export { type BodyLimits, readBody } from './body.ts';
export {
  clientErrorListener,
  createReceiver,
  type ReceiverLimits,
  type ReceiverPorts,
} from './receiver.ts';
