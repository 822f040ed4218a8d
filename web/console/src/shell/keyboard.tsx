// Keyboard: one listener for all shortcuts, and the two dialogs that teach them: the palette (Mod+K) and the list (?).
import type { AnyAction } from '@carillon/actions';
import { kActions } from '@carillon/actions';
import { isTyping, matches } from '@carillon/ui';
import { useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Command } from '../desk/commands';
import { CommandsContext, useCommands } from '../desk/commands';
import type { Place } from '../desk/feature';
import { focusOf } from '../desk/focus';
import { useCenter, useTell } from '../desk/hooks';
import { Palette } from './palette';
import { Shortcuts } from './shortcuts';
import { useLookCommands } from './look_commands';

const kOpenPalette = 'carillon:palette';
const kOpenShortcuts = 'carillon:shortcuts';
const opener = new EventTarget();

export function openPalette(): void {
  opener.dispatchEvent(new Event(kOpenPalette));
}
export function openShortcuts(): void {
  opener.dispatchEvent(new Event(kOpenShortcuts));
}

// A key that a text would take is a shortcut only outside of texts; one with Alt or Mod always.
function fits(keys: string, event: KeyboardEvent): boolean {
  if (!matches(keys, event)) return false;
  return keys.includes('Alt') || keys.includes('Mod') || !isTyping(event.target);
}

export function Keyboard({ places }: { readonly places: readonly Place[] }) {
  const { t } = useTranslation();
  const center = useCenter();
  const tell = useTell();
  const commands = useContext(CommandsContext);
  const [path, go] = useLocation();
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null);
  useCommands([
    ...places.map(
      (place, i): Command => ({
        name: `go.${place.path}`,
        label: t('palette.go_to', { place: t(place.label) }),
        section: 'go',
        ...((place.section ?? 'main') === 'main' && i < 9 ? { keys: `Alt+${i + 1}` } : {}),
        run: () => go(place.path),
      }),
    ),
    { name: 'shortcuts', label: t('shortcuts.title'), section: 'account', keys: '?', run: openShortcuts },
    { name: 'sign_out', label: t('user_menu.sign_out'), section: 'account', run: () => void center.signOut() },
  ]);
  useLookCommands();
  const start = (action: AnyAction) => {
    const begun = action.start(center.around, focusOf(center.store.get(), path));
    void begun?.answer.then((answer) => {
      if (!answer.ok) tell(answer.problem);
      else if (begun.leadsTo !== null) go(begun.leadsTo);
    });
    return begun !== null;
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      if (fits('Mod+K', event)) {
        event.preventDefault();
        setOpen((now) => (now === 'palette' ? null : 'palette'));
        return;
      }
      if (open !== null) return;
      const action = kActions.find((a) => a.keys !== null && fits(a.keys, event));
      const command = commands.all().find((c) => c.keys !== undefined && fits(c.keys, event));
      if (action && start(action)) event.preventDefault();
      else if (command) {
        event.preventDefault();
        command.run();
      }
    };
    const showPalette = () => setOpen('palette');
    const showShortcuts = () => setOpen('shortcuts');
    addEventListener('keydown', onKey);
    opener.addEventListener(kOpenPalette, showPalette);
    opener.addEventListener(kOpenShortcuts, showShortcuts);
    return () => {
      removeEventListener('keydown', onKey);
      opener.removeEventListener(kOpenPalette, showPalette);
      opener.removeEventListener(kOpenShortcuts, showShortcuts);
    };
  });
  return (
    <>
      {open === 'palette' && <Palette close={() => setOpen(null)} start={start} path={path} />}
      {open === 'shortcuts' && <Shortcuts close={() => setOpen(null)} />}
    </>
  );
}
