const ADDRESS = /^(?:::ffff:)?([0-9a-f:.]{2,45})(?:%[\w.-]{1,32})?$/;
/** What comes over the loopback comes from a proxy beside the service, and says nothing of where the request began. */
const LOOPBACK = /^(?:127\.|::1$|0{1,4}(?::0{1,4}){6}:0{0,3}1$)/;

/** The address of the other end of a connection, in one form for one address as far as text tells: lower case, IPv4 as
 *  IPv4, no zone. Undefined for what is none (a path of a socket), and for the loopback. */
export function socketAddress(text: string): string | undefined {
  const address = ADDRESS.exec(text.toLowerCase())?.[1];
  const isAddress = address !== undefined && /\d|::/.test(address) && !LOOPBACK.test(address);
  return isAddress ? address : undefined;
}
