/** OTLP over HTTP. */

export { type BodyLimits, BodyReader } from './body.ts';
export {
  clientErrorListener,
  createReceiver,
  isCounted,
  type ReceiverPorts,
} from './receiver.ts';
