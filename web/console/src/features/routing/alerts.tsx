// What a supervisor should look at, until one says that they care for it.
import { acknowledgeAlert } from '@carillon/actions';
import type { Schemas } from '@carillon/contract';
import { customerNameOf } from '@carillon/state';
import { IconAlert, When } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../desk/action_button';
import { useForget, useLive, useRead } from '../../desk/hooks';
import { useWhy } from './why_dialog';
import { Button } from '@mantine/core';
import classes from './alerts.module.css';

export function Alerts() {
  const { t } = useTranslation();
  const forget = useForget();
  const ask = useWhy();
  const { value } = useRead('/alerts', { query: { state: ['open'], page_size: 20 }, everyMs: 20_000 });
  if (!value || value.items.length === 0) return null;
  return (
    <section className={classes['alerts']} aria-label={t('alerts.title')}>
      <ul>
        {value.items.map((alert) => (
          <li key={alert.sid} className={classes['alert']}>
            <IconAlert size={16} aria-hidden />
            <span className={classes['text']}>
              <strong>{t(`alerts.kind.${alert.kind}`)}</strong> <Whom alert={alert} />
            </span>
            <When at={alert.raised_at} className={classes['when']} />
            {alert.task_queue_sid && (
              <Button variant="subtle" size="compact-xs" onClick={() => ask({ queue: alert.task_queue_sid ?? '' })}>
                {t('why.short')}
              </Button>
            )}
            <ActionButton
              action={acknowledgeAlert}
              args={{ alert: alert.sid }}
              size="compact-xs"
              variant="default"
              onDone={() => forget('/alerts')}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

// Who or what it is about, by the names people know; the server's words where there are none.
function Whom({ alert }: { readonly alert: Schemas['Alert'] }) {
  const worker = useLive((live) => live.workers[alert.worker_sid ?? '']?.friendly_name);
  const queue = useLive((live) => live.taskQueues[alert.task_queue_sid ?? '']?.friendly_name);
  const customer = useLive((live) => customerNameOf(live.tasks[alert.task_sid ?? '']));
  const names = [worker, customer, queue].filter(Boolean);
  return names.length > 0 ? names.join(' · ') : alert.text;
}
