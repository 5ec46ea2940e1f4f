import { SIDE, SPAN_FLAG, type SpanRow } from '../../estate/spans/index.ts';
import { traceContextOf } from '../requests/index.ts';
import type { Exchange } from './asked.ts';
import type { CommonProperties } from './common-properties.ts';
import type { HttpEntry } from './http-entry.ts';
import type { Operation } from './operation.ts';

export interface ToldRequest {
  readonly common: CommonProperties;
  readonly exchange: Exchange;
  /** When it began, as far as that is believed. */
  readonly at: number;
  readonly instance: string | undefined;
  /** Absent of connections. */
  readonly entry?: HttpEntry;
  readonly operation?: Operation;
  readonly isOperational?: boolean;
}

/** One request or connection, as the row of somebody who saw both sides of it. Its parent is the span that asked; it has
 *  none of its own. */
export function toRow(told: ToldRequest): SpanRow {
  const { common, exchange, entry, operation } = told;
  const { service, caller, isCallerProved = false } = exchange;
  const context = entry?.requestHeaders.context && traceContextOf(entry.requestHeaders.context);
  const identity = caller?.subject.by === 'identity' ? caller.subject.identity : undefined;
  return {
    traceId: context?.traceId,
    parentId: context?.parentId,
    startMs: told.at,
    durationMs: common.durationMs,
    side: SIDE.both | flagsOf(told),
    status: operation?.status,
    service: service.subject,
    operation: operation && {
      protocol: operation.protocol,
      method: operation.method,
      path: operation.path,
    },
    peer: isCallerProved ? undefined : caller?.subject,
    principal: isCallerProved ? identity : undefined,
    address: common.remoteAddress,
    instance: told.instance,
  };
}

/** A context that is not logged cannot be seen from here. */
function flagsOf({ common, entry, isOperational = false }: ToldRequest): number {
  const isDenied = common.isDenied || entry?.isDenied === true;
  return (
    SPAN_FLAG.hasContext |
    (isDenied ? SPAN_FLAG.denied : 0) |
    (common.isFailed ? SPAN_FLAG.failed : 0) |
    (isOperational ? SPAN_FLAG.operational : 0)
  );
}
