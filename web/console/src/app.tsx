// App: the frames around everything: looks, direction, queries, the center.
import { ServerClock, directionOf, resolver, theme } from '@carillon/ui';
import { DirectionProvider, MantineProvider, useDirection } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Router } from 'wouter';
import type { Center } from './desk/center';
import { Commands, CommandsContext } from './desk/commands';
import { CenterContext } from './desk/hooks';
import { Gate } from './shell/gate';

// Problems are told where they happen; passing ones were already tried again by the client.
function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: 10_000, retry: false, refetchOnWindowFocus: true, networkMode: 'always' } },
  });
}

function Direction() {
  const { i18n } = useTranslation();
  const { setDirection } = useDirection();
  const direction = directionOf(i18n.language);
  useEffect(() => setDirection(direction), [direction, setDirection]);
  return null;
}

export function App({ center }: { readonly center: Center }) {
  const queries = useMemo(newQueries, []);
  const commands = useMemo(() => new Commands(), []);
  return (
    <DirectionProvider detectDirection>
      <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
        <Direction />
        <Notifications position="bottom-left" limit={4} />
        <QueryClientProvider client={queries}>
          <CenterContext.Provider value={center}>
            <CommandsContext.Provider value={commands}>
              <ServerClock.Provider value={center.store.serverNow}>
                <Router base="/console">
                  <Gate />
                </Router>
              </ServerClock.Provider>
            </CommandsContext.Provider>
          </CenterContext.Provider>
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
