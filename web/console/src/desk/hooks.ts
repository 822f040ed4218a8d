// How pages reach the center: what is known (useLive), what can be read (useRead), what can be done (useAct).
import type { Action } from '@carillon/actions';
import { kDone } from '@carillon/actions';
import type { Answer, Me, Problem } from '@carillon/client';
import { problemOf, valueOf } from '@carillon/client';
import type { OperationOf, PathOf, ValueOf } from '@carillon/client';
import type { PhoneState } from '@carillon/softphone';
import type { Live } from '@carillon/state';
import { useProblemWords } from '@carillon/ui';
import { notifications } from '@mantine/notifications';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Center } from './center';

export const CenterContext = createContext<Center | null>(null);

export function useCenter(): Center {
  const center = useContext(CenterContext);
  if (!center) throw new Error('no center: the page is not inside <App>');
  return center;
}

// A part of the live state; select must give the same object while nothing changed.
export function useLive<T>(select: (live: Live) => T): T {
  const { store } = useCenter();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

export function useMe(): Me {
  const center = useCenter();
  const { me } = useSyncExternalStore(center.subscribe, center.get);
  if (!me) throw new Error('nobody is signed in');
  return me;
}

export function usePhone(): PhoneState {
  const { phone } = useCenter();
  return useSyncExternalStore(phone.subscribe, phone.get);
}

export interface ReadOptions {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly enabled?: boolean;
  // Read again this often while the page is looked at.
  readonly everyMs?: number;
}

export interface Read<T> {
  readonly value: T | undefined;
  readonly problem: Problem | null;
  readonly loading: boolean;
  readonly again: () => void;
}

// Reads an address; kept and shared by everything that reads the same.
export function useRead<P extends PathOf<'get'>>(
  address: P,
  options: ReadOptions = {},
): Read<ValueOf<OperationOf<'get', P>>> {
  const { rest } = useCenter();
  const { path, query, enabled = true, everyMs } = options;
  const result = useQuery({
    queryKey: [address, path ?? {}, query ?? {}],
    queryFn: async ({ signal }) => valueOf(await rest.get(address, ...([{ path, query, signal }] as never))) ?? null,
    enabled,
    ...(everyMs ? { refetchInterval: everyMs } : {}),
  });
  return {
    value: (result.data ?? undefined) as ValueOf<OperationOf<'get', P>> | undefined,
    problem: result.error ? problemOf(result.error) : null,
    loading: result.isPending && enabled,
    again: () => void result.refetch(),
  };
}

type Paged = { readonly items: readonly unknown[]; readonly next_cursor: string | null };
type ItemOf<P extends PathOf<'get'>> =
  ValueOf<OperationOf<'get', P>> extends { readonly items: readonly (infer I)[] } ? I : never;

export interface Pages<T> {
  readonly items: readonly T[];
  readonly problem: Problem | null;
  readonly loading: boolean;
  readonly more: (() => void) | null;
  readonly loadingMore: boolean;
  readonly again: () => void;
}

// Reads a list page by page.
export function usePages<P extends PathOf<'get'>>(
  address: P,
  options: ReadOptions & { readonly pageSize?: number } = {},
): Pages<ItemOf<P>> {
  const { rest } = useCenter();
  const { path, query, enabled = true, pageSize = 50, everyMs } = options;
  const result = useInfiniteQuery({
    queryKey: [address, path ?? {}, query ?? {}, 'pages', pageSize],
    initialPageParam: null as string | null,
    queryFn: async ({ signal, pageParam }) =>
      valueOf(
        await rest.get(
          address,
          ...([{ path, query: { ...query, page_size: pageSize, cursor: pageParam ?? undefined }, signal }] as never),
        ),
      ) as unknown as Paged,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    enabled,
    ...(everyMs ? { refetchInterval: everyMs } : {}),
  });
  return {
    items: (result.data?.pages.flatMap((page) => page.items) ?? []) as ItemOf<P>[],
    problem: result.error ? problemOf(result.error) : null,
    loading: result.isPending && enabled,
    more: result.hasNextPage ? () => void result.fetchNextPage() : null,
    loadingMore: result.isFetchingNextPage,
    again: () => void result.refetch(),
  };
}

// Everything that was read below these addresses is read again.
export function useForget(): (...addresses: string[]) => void {
  const queries = useQueryClient();
  return useCallback(
    (...addresses) => {
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => addresses.some((a) => String(queryKey[0]).startsWith(a)),
      });
    },
    [queries],
  );
}

// Tells a problem where nothing on the page does.
export function useTell(): (problem: Problem) => void {
  const words = useProblemWords();
  return useCallback(
    (problem) =>
      notifications.show({
        color: 'coral',
        title: words(problem),
        message: problem.code === 'network' ? '' : problem.detail,
        autoClose: 8000,
        withBorder: true,
      }),
    [words],
  );
}

// Does things, and tells when they fail.
export function useAct(): <A>(action: Action<A>, args: A) => Promise<Answer<unknown>> {
  const center = useCenter();
  const tell = useTell();
  return useCallback(
    async (action, args) => {
      if (!action.allowed(center.store.get(), args)) return kDone;
      const answer = await action.perform(center.around, args);
      if (!answer.ok) tell(answer.problem);
      return answer;
    },
    [center, tell],
  );
}

// The same, with "is it under way".
export function useBusy(): [busy: boolean, run: <T>(work: () => Promise<T>) => Promise<T>] {
  const [count, setCount] = useState(0);
  const run = useCallback(async <T>(work: () => Promise<T>): Promise<T> => {
    setCount((n) => n + 1);
    try {
      return await work();
    } finally {
      setCount((n) => n - 1);
    }
  }, []);
  return [count > 0, run];
}

export function useLanguage(): string {
  return useTranslation().i18n.language;
}
