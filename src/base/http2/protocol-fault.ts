import { Fault } from '../fault.ts';
import { ERROR, type ErrorCode } from './protocol.ts';

/** The peer breaks the protocol in a way that ends the connection.
 *  @see RFC 9113 §5.4.1 */
export class ConnectionFault extends Fault {
  /** One of `ERROR`, which the peer is told in GOAWAY. */
  readonly errorCode: ErrorCode;

  /** @param why a sentence without anything that the peer has sent */
  constructor(errorCode: ErrorCode, why: string) {
    super('http2/connection-malformed', why);
    this.errorCode = errorCode;
  }

  /** It keeps the server busy, which breaks no rule. */
  get isFlood(): boolean {
    return this.errorCode === ERROR.enhanceYourCalm;
  }
}
