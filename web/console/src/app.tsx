// App: the frames around everything: looks, direction, queries, the center.
import { ServerClock, directionOf, resolver, theme } from '@carillon/ui';
import { DirectionProvider, MantineProvider, mergeThemeOverrides, useDirection } from '@mantine/core';
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

// Mantine's own buttons say what they do, in the language that is spoken.
function useTheme() {
  const { t } = useTranslation();
  return useMemo(() => {
    const close = { closeButtonProps: { 'aria-label': t('form.close') } };
    const clear = { clearButtonProps: { 'aria-label': t('form.clear') } };
    const named = (defaultProps: object) => ({ defaultProps });
    return mergeThemeOverrides(theme, {
      components: {
        Modal: named(close),
        Drawer: named(close),
        Notification: named(close),
        Select: named(clear),
        MultiSelect: named(clear),
        TagsInput: named(clear),
        PasswordInput: named({ visibilityToggleButtonProps: { 'aria-label': t('sign_in.show_password') } }),
      },
    });
  }, [t]);
}

// Where the customer stands beside a conversation: over nothing that one is about to press.
function Told() {
  const { dir } = useDirection();
  return <Notifications position={dir === 'rtl' ? 'bottom-left' : 'bottom-right'} containerWidth={300} limit={4} />;
}

export function App({ center }: { readonly center: Center }) {
  const queries = useMemo(newQueries, []);
  const commands = useMemo(() => new Commands(), []);
  const spoken = useTheme();
  return (
    <DirectionProvider detectDirection>
      <MantineProvider theme={spoken} cssVariablesResolver={resolver} defaultColorScheme="auto">
        <Direction />
        <Told />
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
