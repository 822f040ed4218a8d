// Types only: which addresses take which method, and what goes in and comes out, read off the contract.
import type { paths } from '@carillon/contract';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

// The addresses that take a method.
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { readonly [K in M]: { readonly responses: unknown } } ? P : never;
}[keyof paths];

export type OperationOf<M extends Method, P extends PathOf<M>> = paths[P] extends { readonly [K in M]: infer O }
  ? O
  : never;

type QueryOf<O> = O extends { readonly parameters: { readonly query?: infer Q } } ? NonNullable<Q> : never;
type InPathOf<O> = O extends { readonly parameters: { readonly path: infer I } } ? I : never;
type BodyOf<O> = O extends { readonly requestBody: { readonly content: { readonly 'application/json': infer B } } }
  ? B
  : never;
type HeaderOf<O> = O extends { readonly parameters: { readonly header?: infer H } } ? NonNullable<H> : never;

type Path<O> = [InPathOf<O>] extends [never] ? { readonly path?: undefined } : { readonly path: InPathOf<O> };
type Query<O> = [QueryOf<O>] extends [never] ? { readonly query?: undefined } : { readonly query?: QueryOf<O> };
type Body<O> = [BodyOf<O>] extends [never] ? { readonly body?: undefined } : { readonly body: BodyOf<O> };
// An If-Match that the contract requires must be given.
type Match<O> = [HeaderOf<O>] extends [never]
  ? { readonly ifMatch?: undefined }
  : HeaderOf<O> extends { readonly 'If-Match': string }
    ? { readonly ifMatch: number }
    : { readonly ifMatch?: number };

export type CallOf<O> = Path<O> &
  Query<O> &
  Body<O> &
  Match<O> & {
    readonly signal?: AbortSignal;
    // The name of the thing meant; one is made when absent. Give it to repeat a command across reloads.
    readonly idempotencyKey?: string;
  };

type Responses<O> = O extends { readonly responses: infer R } ? R : never;
type Content<R> = R extends { readonly content: { readonly 'application/json': infer T } } ? T : undefined;
export type ValueOf<O> =
  Responses<O> extends { readonly 200: infer R }
    ? Content<R>
    : Responses<O> extends { readonly 201: infer R }
      ? Content<R>
      : undefined;

// A call whose fields are all optional may be left out.
export type Args<O> = object extends CallOf<O> ? [call?: CallOf<O>] : [call: CallOf<O>];
