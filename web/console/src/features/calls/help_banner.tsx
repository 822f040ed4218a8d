// Agents who ask for help: said on every page, with a bell and on the desktop, until somebody comes or they can do without.
import { dismissHelp } from '@carillon/actions';
import type { CallRow, Help } from '@carillon/state';
import { selectCalls } from '@carillon/state';
import { Elapsed, IconHelp } from '@carillon/ui';
import { Button } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { ActionButton } from '../../desk/action_button';
import { useCenter, useLive } from '../../desk/hooks';
import { preferences } from '../../desk/preferences';
import { kModes, useMonitor } from './monitoring';
import classes from './monitoring.module.css';

interface Wanted {
  readonly row: CallRow;
  readonly help: Help;
}

export default function HelpBanner() {
  const { t } = useTranslation();
  const rows = useLive(selectCalls);
  const own = useLive((live) => live.workerSid);
  const wanted = useMemo(
    () => rows.flatMap((row): Wanted[] => (row.help && row.help.worker !== own ? [{ row, help: row.help }] : [])),
    [rows, own],
  );
  useBell(wanted);
  if (wanted.length === 0) return null;
  return (
    <section className={classes['help']} aria-label={t('help.title')}>
      <ul>
        {wanted.map(({ row, help }) => (
          <Asking key={row.call.sid} row={row} help={help} />
        ))}
      </ul>
    </section>
  );
}

function Asking({ row: { call, customerName }, help }: Wanted) {
  const { t } = useTranslation();
  const { busy, monitor } = useMonitor();
  const customer = customerName || call.from;
  return (
    <li>
      <IconHelp size={16} aria-hidden />
      <p role="alert">
        <strong>{t('help.asks', { name: help.name })}</strong> <bdi>{t('help.with', { name: customer })}</bdi>{' '}
        <Elapsed since={help.since} />
      </p>
      <span className={classes['keys']}>
        {kModes.map((mode) => (
          <Button
            key={mode}
            size="compact-sm"
            variant={mode === 'whisper' ? 'filled' : 'default'}
            aria-label={`${t(`monitoring.${mode}`)}: ${customer}`}
            loading={busy}
            onClick={() => monitor(call.sid, mode)}
          >
            {t(`monitoring.${mode}`)}
          </Button>
        ))}
        <ActionButton
          action={dismissHelp}
          args={{ call: call.sid, worker: help.worker }}
          label={t('help.dismiss')}
          size="compact-sm"
          variant="subtle"
        />
      </span>
    </li>
  );
}

// Once for each who asks, with a note on the desktop for those who look elsewhere.
function useBell(wanted: readonly Wanted[]): void {
  const { t } = useTranslation();
  const { chime } = useCenter();
  const [, go] = useLocation();
  const told = useRef(new Map<string, Notification | null>());
  useEffect(() => {
    const open = new Set(wanted.map(({ row, help }) => row.call.sid + help.since));
    for (const [key, note] of told.current) {
      if (open.has(key)) continue;
      note?.close();
      told.current.delete(key);
    }
    for (const { row, help } of wanted) {
      const key = row.call.sid + help.since;
      if (told.current.has(key)) continue;
      told.current.set(key, null);
      if (!chime.ringing) chime.strike();
      const may = typeof Notification !== 'undefined' && Notification.permission === 'granted' && preferences().notify;
      if (!may || document.hasFocus()) continue;
      const note = new Notification(t('help.asks', { name: help.name }), {
        body: t('help.with', { name: row.customerName || row.call.from }),
        tag: key,
        requireInteraction: true,
        icon: '/console/carillon.svg',
      });
      note.onclick = () => {
        window.focus();
        go('/live');
        note.close();
      };
      told.current.set(key, note);
    }
  }, [wanted, chime, t, go]);
}
