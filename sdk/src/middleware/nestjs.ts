import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  type FactoryProvider,
  HttpException,
  type ModuleMetadata,
  SetMetadata,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { toTemplate } from '../authorization/index.ts';
import type { Caller } from '../caller.ts';
import { arrivalOf, type RawRequest } from './arrival.ts';
import { createGate, type Gate } from './gate.ts';
import type { CallerOptions } from './options.ts';
import { headersOf, type Refusal, toProblem } from './refusal.ts';

/** A request of Express, or of Fastify, whose own one is behind it. */
type NestRequest = RawRequest & {
  readonly raw?: RawRequest;
  readonly originalUrl?: string;
  readonly route?: { readonly path?: unknown };
  readonly routeOptions?: { readonly url?: string };
  caller?: Caller | undefined;
};

/** Express's response, or Fastify's reply. */
interface NestResponse {
  header(name: string, value: string): unknown;
}

const NO_CALLER_NEEDED = 'reeve:no-caller-needed';
const OPTIONS = Symbol('options of CallerModule');

/** On a controller or a handler: whoever calls, nobody is asked who they are. */
export const NoCallerNeeded = () => SetMetadata(NO_CALLER_NEEDED, true);

/** On a parameter of a handler: who is calling, proved; undefined where no caller is needed, and with
 *  `optional`. */
export const CallerOf: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | undefined => requestIn(context)?.caller,
);

/** Lets verified callers in, as `CallerOf()`. `CallerModule` puts it before every handler. Handlers of
 *  anything but HTTP requests are refused: put `requireCaller` of the framework below before those.
 *  @throws {ReeveError} `middleware/options-invalid` */
export class CallerGuard implements CanActivate {
  readonly #takesTokens: boolean;
  readonly #gate: Gate;
  readonly #reflector = new Reflector();

  constructor(options: CallerOptions = {}) {
    this.#takesTokens = options.jwt !== undefined;
    this.#gate = createGate(options);
  }

  /** @throws {HttpException} with the problem as its response */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.#reflector.getAllAndOverride(NO_CALLER_NEEDED, places) === true) return true;
    const request = requestIn(context);
    if (request === undefined) return false;
    const raw = request.raw ?? request;
    const target = request.originalUrl ?? raw.url;
    const outcome = await this.#gate(arrivalOf(raw, templateOf(request), target));
    if (!outcome.admitted) throw this.#refuse(outcome.refusal, context);
    request.caller = outcome.caller;
    return true;
  }

  #refuse(refusal: Refusal, context: ExecutionContext): HttpException {
    const response = context.switchToHttp().getResponse<NestResponse>();
    const headers = headersOf(refusal, this.#takesTokens);
    for (const [name, value] of Object.entries(headers)) response.header(name, value);
    return new HttpException(toProblem(refusal), refusal.status, { cause: refusal.cause });
  }
}

/** Undefined where what is handled is no HTTP request of its own, as in GraphQL or of a message queue. */
const requestIn = (context: ExecutionContext): NestRequest | undefined =>
  context.getType() === 'http' ? context.switchToHttp().getRequest<NestRequest>() : undefined;

/** Guards run on a route, with everything before it: prefix, version, controller. */
function templateOf({ route, routeOptions }: NestRequest): string | undefined {
  const path = routeOptions?.url ?? route?.path;
  return typeof path === 'string' ? toTemplate(path, '()') : undefined;
}

export interface AsyncCallerOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (
    // biome-ignore lint/suspicious/noExplicitAny: what is injected is of any type, as in Nest's own factories
    ...injected: any[]
  ) => CallerOptions | Promise<CallerOptions>;
}

/** Puts `CallerGuard` before every handler of a NestJS application. */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows modules by their classes
export class CallerModule {
  static forRoot(options: CallerOptions = {}): DynamicModule {
    return CallerModule.forRootAsync({ useFactory: () => options });
  }

  /** With options that are made from what is injected. */
  static forRootAsync({
    imports = [],
    inject = [],
    useFactory,
  }: AsyncCallerOptions): DynamicModule {
    return {
      module: CallerModule,
      imports,
      providers: [
        { provide: OPTIONS, useFactory, inject },
        {
          provide: CallerGuard,
          useFactory: (options: CallerOptions) => new CallerGuard(options),
          inject: [OPTIONS],
        },
        { provide: APP_GUARD, useExisting: CallerGuard },
      ],
      exports: [CallerGuard],
    };
  }
}
