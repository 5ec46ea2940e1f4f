import { Fault, quote } from '../../base/fault.ts';
import { type Fields, fieldsAt, isFields, pick, textAt } from '../../base/pick.ts';
import type { Verdict } from './verdict.ts';

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What becomes of one object: plain data, which can be sent to the process that judges it. */
export interface ReviewedChange {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `networkpolicies` */
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** As it would be; undefined where it would be gone. */
  readonly object: Fields | undefined;
}

/** What an API server asks about one request. */
export interface Review extends ReviewedChange {
  /** Of the request; the answer repeats it. */
  readonly uid: string;
  readonly operation: Operation;
  /** `status`, `scale`; undefined where the object itself is meant. */
  readonly subresource: string | undefined;
  /** Nothing will be kept of it. */
  readonly dryRun: boolean;
  /** Who asks, as the API server knows them. */
  readonly username: string;
  /** As it is; undefined where there is none yet. */
  readonly oldObject: Fields | undefined;
}

const API_VERSION = 'admission.k8s.io/v1';
export const MAX_REVIEW_DEPTH = 120;
const MAX_NAME = 253;
/** What an object is called whose name is made later, of its `generateName`. */
const GENERATED = 'generated';

/** Reads an AdmissionReview with a request.
 *  @throws {Fault} `admission/review-malformed`
 *  @see Kubernetes, "Dynamic Admission Control: request" */
export function readReview(value: unknown): Review {
  if (textAt(value, 'apiVersion') !== API_VERSION || textAt(value, 'kind') !== 'AdmissionReview') {
    throw malformed(`it is no AdmissionReview of ${API_VERSION}`);
  }
  const request = pick(value, 'request');
  if (!isFields(request)) throw malformed('it has no `request`');
  const uid = nameAt(request, 'uid');
  if (uid === '') throw malformed('its request has no `uid`');
  const operation = OPERATIONS.find((one) => one === pick(request, 'operation'));
  if (!operation) throw malformed(`${quote(pick(request, 'operation'))} is no operation`);
  const object = objectOf(request, operation);
  const namespace = nameAt(request, 'namespace');
  const subresource = nameAt(request, 'subResource');
  return {
    ...{ uid, operation, object },
    group: nameAt(request, 'kind', 'group'),
    version: nameAt(request, 'kind', 'version'),
    kind: nameAt(request, 'kind', 'kind'),
    plural: nameAt(request, 'resource', 'resource'),
    namespace: namespace === '' ? undefined : namespace,
    name: textAt(object, 'metadata', 'name') ?? nameAt(request, 'name'),
    subresource: subresource === '' ? undefined : subresource,
    dryRun: pick(request, 'dryRun') === true,
    username: textAt(request, 'userInfo', 'username') ?? '',
    oldObject: oldObjectOf(request),
  };
}

function oldObjectOf(request: Fields): Fields | undefined {
  const object = pick(request, 'oldObject');
  return isFields(object) && !isDeeper(object, MAX_REVIEW_DEPTH) ? object : undefined;
}

/** The object as it would be, called as it would be. */
function objectOf(request: Fields, operation: Operation): Fields | undefined {
  if (operation === 'DELETE' || operation === 'CONNECT') return undefined;
  const object = pick(request, 'object');
  if (!isFields(object)) throw malformed(`its request to ${operation} has no \`object\``);
  if (isDeeper(object, MAX_REVIEW_DEPTH)) {
    throw malformed(`its object is nested deeper than ${MAX_REVIEW_DEPTH} levels`);
  }
  const metadata = fieldsAt(object, 'metadata');
  const asked = nameAt(request, 'name');
  const made = `${textAt(metadata, 'generateName') ?? ''}${GENERATED}`;
  const namespace = nameAt(request, 'namespace');
  return {
    ...object,
    metadata: {
      ...metadata,
      name: textAt(metadata, 'name') ?? (asked === '' ? made : asked),
      ...(namespace !== '' && { namespace }),
    },
  };
}

function nameAt(value: unknown, ...path: string[]): string {
  const text = pick(value, ...path);
  if (text === undefined || text === null) return '';
  if (typeof text !== 'string' || text.length > MAX_NAME) {
    const where = path.join('.');
    throw malformed(`\`${where}\` is no text of at most ${MAX_NAME} characters`);
  }
  return text;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

function malformed(why: string): Fault {
  return new Fault('admission/review-malformed', `This review cannot be read: ${why}`, {
    hint: `send what an API server sends to a validating webhook: an AdmissionReview of ${API_VERSION}`,
  });
}

/** An AdmissionReview with the answer to the request that has this uid.
 *  @see Kubernetes, "Dynamic Admission Control: response" */
export function toAdmissionAnswer(uid: string, verdict: Verdict): Fields {
  const { allowed, message, warnings } = verdict;
  return {
    apiVersion: API_VERSION,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(!allowed && { status: { code: 403, reason: 'Forbidden', message } }),
      ...(warnings.length > 0 && { warnings }),
    },
  };
}
