// Who is to be called back, and who was: since when, how often it was tried, and a way to call it off.
import type { Schemas } from '@carillon/contract';
import { Empty, IconPhoneOutgoing, Panel, ProblemNote, When } from '@carillon/ui';
import { Button, SegmentedControl } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useCenter, useForget, useLive, usePages, useTell } from '../../desk/hooks';
import classes from './callbacks_page.module.css';

type Callback = Schemas['Callback'];
type Status = Schemas['CallbackStatus'];
type Shown = 'open' | 'over';

const kStatuses: Readonly<Record<Shown, readonly Status[]>> = {
  open: ['waiting', 'calling', 'paused'],
  over: ['reached', 'not_reached', 'joined', 'canceled', 'expired'],
};
const kLookAgainMs = 5_000;

export default function CallbacksPage() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>('open');
  const pages = usePages('/callbacks', {
    query: { status: [...kStatuses[shown]] },
    pageSize: 50,
    everyMs: kLookAgainMs,
  });
  useEffect(() => {
    document.title = `${t('callback.title')} · Carillon`;
  }, [t]);
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('callback.title')}</h1>
      <SegmentedControl
        value={shown}
        onChange={(v) => setShown(v as Shown)}
        data={(['open', 'over'] as const).map((one) => ({ value: one, label: t(`callback.shown.${one}`) }))}
        className={classes['states']}
      />
      {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
      {!pages.loading && !pages.problem && pages.items.length === 0 && (
        <Panel>
          <Empty icon={IconPhoneOutgoing} title={t(`callback.none.${shown}`)}>
            {t('callback.none_about')}
          </Empty>
        </Panel>
      )}
      <ul className={classes['list']} aria-label={t('callback.title')}>
        {pages.items.map((one) => (
          <li key={one.sid}>
            <OneCallback callback={one} />
          </li>
        ))}
      </ul>
      {pages.more && (
        <Button variant="default" onClick={pages.more} loading={pages.loadingMore}>
          {t('list.more')}
        </Button>
      )}
    </div>
  );
}

function OneCallback({ callback }: { readonly callback: Callback }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const tell = useTell();
  const queues = useLive((live) => live.taskQueues);
  const workers = useLive((live) => live.workers);
  const cancel = async () => {
    const done = await rest.post('/callbacks/{sid}/cancel', { path: { sid: callback.sid } });
    if (!done.ok) tell(done.problem);
    forget('/callbacks');
  };
  const who = callback.name ?? callback.to;
  const queue = queues[callback.task_queue_sid ?? '']?.friendly_name;
  const worker = workers[callback.worker_sid ?? '']?.friendly_name;
  const last = callback.tries.at(-1);
  return (
    <Panel>
      <div className={classes['callback']}>
        <div className={classes['who']}>
          <strong dir="auto">{who}</strong>
          <p className={classes['about']}>
            <bdi dir="ltr">{callback.to}</bdi>
            {queue && (
              <>
                {' · '}
                <bdi>{queue}</bdi>
              </>
            )}
            {' · '}
            {t('callback.asked')} <When at={callback.created_at} />
          </p>
          <p className={classes['about']}>
            {t(`callback.status.${callback.status}`)}
            {callback.next_try_at && (
              <>
                {' '}
                <When at={callback.next_try_at} />
              </>
            )}
            {' · '}
            {t('callback.tries', { n: callback.tries.length, most: callback.most_tries })}
            {last?.reason && ` · ${t(`callback.why.${last.reason}`, t('callback.why.other'))}`}
            {worker && (
              <>
                {' · '}
                <bdi>{worker}</bdi>
              </>
            )}
          </p>
        </div>
        <div className={classes['keys']}>
          {callback.contact_sid && (
            <Button component={Link} href={`/history/${callback.contact_sid}`} variant="subtle" size="xs">
              {t('callback.contact')}
            </Button>
          )}
          {callback.ended_at === null && (
            <Button
              variant="default"
              size="xs"
              aria-label={t('callback.cancel_of', { who })}
              onClick={() => void cancel()}
            >
              {t('callback.cancel')}
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}
