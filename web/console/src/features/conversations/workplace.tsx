// Workplace: left what is mine, in the middle the conversation, on the right the customer.
import { setActivity } from '@carillon/actions';
import type { WorkItem } from '@carillon/state';
import { selectOffers, selectWork } from '@carillon/state';
import { Empty, IconBell, IconChat } from '@carillon/ui';
import { Drawer } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams } from 'wouter';
import { ActionButton } from '../../desk/action_button';
import { useCommands } from '../../desk/commands';
import { useCenter, useLive } from '../../desk/hooks';
import { Slot } from '../../desk/slots';
import { ConversationView } from './conversation_view';
import { MyWork } from './my_work';
import { useThreads } from './threads';
import classes from './workplace.module.css';

// Where to look when what one looked at is gone: the place it had in the list, else its neighbour.
export function nextAfter(work: readonly WorkItem[], lastIndex: number): WorkItem | undefined {
  return work[Math.min(Math.max(lastIndex, 0), work.length - 1)];
}

export default function Workplace() {
  const { t } = useTranslation();
  const { reservation } = useParams<{ reservation?: string }>();
  const [, go] = useLocation();
  const work = useLive(selectWork);
  const ready = useLive((live) => live.ready);
  const narrow = useMediaQuery('(width < 52rem)', false, { getInitialValueInEffect: false });
  const small = useMediaQuery('(width < 72rem)', false, { getInitialValueInEffect: false });
  const [customerOpen, customer] = useDisclosure(false);
  const lastIndex = useRef(0);
  useThreads();
  const index = work.findIndex((item) => item.reservation.sid === reservation);
  const item = work[index];
  // Accepted a moment ago, and the stream has not said so yet: what one is on the way to comes.
  const rings = useLive((live) => selectOffers(live).some((offer) => offer.reservation.sid === reservation));
  useEffect(() => {
    if (index >= 0) {
      lastIndex.current = index;
    } else if (ready && !rings) {
      const next = narrow ? undefined : nextAfter(work, lastIndex.current);
      const path = next ? `/work/${next.reservation.sid}` : '/work';
      if (next || reservation !== undefined) go(path, { replace: true });
    }
  }, [index, work, ready, rings, narrow, reservation, go]);
  const step = (by: number) => {
    const next = work[(Math.max(index, 0) + by + work.length) % Math.max(1, work.length)];
    if (next) go(`/work/${next.reservation.sid}`);
  };
  useCommands([
    { name: 'work.next', label: t('work.next'), section: 'work', keys: 'Alt+ArrowDown', run: () => step(1) },
    { name: 'work.previous', label: t('work.previous'), section: 'work', keys: 'Alt+ArrowUp', run: () => step(-1) },
  ]);
  useTitle();
  const side = item && (
    <Slot of="customer" customerSid={item.task.customer_sid} task={item.task} name={item.customerName} />
  );
  return (
    <div className={classes['workplace']} data-open={item !== undefined || undefined}>
      <aside className={classes['left']} aria-label={t('work.mine')}>
        <MyWork work={work} chosen={item?.reservation.sid ?? null} ready={ready} />
      </aside>
      <section className={classes['middle']} aria-label={t('work.conversation')}>
        {item ? (
          <ConversationView
            key={item.reservation.sid}
            item={item}
            back={narrow ? () => go('/work') : null}
            showCustomer={small ? customer.open : null}
          />
        ) : (
          <NothingOpen />
        )}
      </section>
      {!small && (
        <aside className={classes['right']} aria-label={t('work.customer')} key={item?.reservation.sid}>
          {side}
        </aside>
      )}
      {small && (
        <Drawer
          opened={customerOpen && item !== undefined}
          onClose={customer.close}
          position="right"
          size="22rem"
          title={t('work.customer')}
          padding={0}
        >
          {side}
        </Drawer>
      )}
    </div>
  );
}

function NothingOpen() {
  const { t } = useTranslation();
  const work = useLive(selectWork);
  const worker = useLive((live) => (live.workerSid ? live.workers[live.workerSid] : undefined));
  const activities = useLive((live) => live.activities);
  const start = Object.values(activities)
    .filter((a) => a.activity_class === 'available' && a.pickable_by === 'worker')
    .sort((a, b) => a.friendly_name.localeCompare(b.friendly_name))[0];
  if (work.length > 0) return null;
  return worker && !worker.available && worker.activity_class !== 'available' ? (
    <Empty
      icon={IconBell}
      title={t('work.empty_away', { activity: worker.activity_name })}
      action={
        start && (
          <ActionButton
            action={setActivity}
            args={{ worker: worker.sid, activity: start.sid }}
            label={t('work.start', { activity: start.friendly_name })}
            mt="xs"
          />
        )
      }
    >
      {t('work.empty_away_about')}
    </Empty>
  ) : (
    <Empty icon={IconChat} title={t('work.empty')}>
      {t('work.empty_about')}
    </Empty>
  );
}

// What waits is counted in the tab's title, for those who look at another tab.
function useTitle(): void {
  const { t } = useTranslation();
  const center = useCenter();
  const offers = useLive((live) => selectOffers(live).length);
  const unread = useLive((live) => selectWork(live).reduce((sum, item) => sum + item.unread, 0));
  useEffect(() => {
    const count = offers + unread;
    const what = offers > 0 ? t('work.title_ringing') : t('nav.work');
    document.title = `${count > 0 ? `(${count}) ` : ''}${what} · Carillon`;
  }, [offers, unread, t, center]);
}
