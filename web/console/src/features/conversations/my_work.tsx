// My work: what rings first, then everything in hand.
import type { Urgency, WorkItem } from '@carillon/state';
import { selectOffers, urgencyOf } from '@carillon/state';
import {
  Countdown,
  Elapsed,
  Empty,
  IconChat,
  IconInbox,
  IconMail,
  IconPause,
  IconPhone,
  IconPhoneOutgoing,
  IconTask,
  Person,
  useNow,
} from '@carillon/ui';
import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useLive } from '../../desk/hooks';
import { OfferCard } from './offer_card';
import classes from './my_work.module.css';

interface MyWorkProps {
  readonly work: readonly WorkItem[];
  readonly chosen: string | null;
  readonly ready: boolean;
}

export function MyWork({ work, chosen, ready }: MyWorkProps) {
  const { t } = useTranslation();
  const offers = useLive(selectOffers);
  return (
    <div className={classes['list']}>
      <div aria-live="assertive">
        {offers.map((offer) => (
          <OfferCard key={offer.reservation.sid} offer={offer} />
        ))}
      </div>
      <h2 className={classes['heading']}>
        {t('work.mine')} {work.length > 0 && <span className={classes['count']}>{work.length}</span>}
      </h2>
      {!ready && <Loader type="dots" mx="auto" my="lg" />}
      {ready && work.length === 0 && (
        <Empty icon={IconInbox} title={t('work.none')} small>
          {t('work.none_about')}
        </Empty>
      )}
      <ul className={classes['items']}>
        {work.map((item) => (
          <li key={item.reservation.sid}>
            <Item item={item} chosen={item.reservation.sid === chosen} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const kIcons: Readonly<Record<string, typeof IconChat>> = {
  chat: IconChat,
  voice: IconPhone,
  callback: IconPhoneOutgoing,
  email: IconMail,
};

function Item({ item, chosen }: { readonly item: WorkItem; readonly chosen: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  const urgency = urgencyOf(item, now);
  const name = item.customerName || t('work.unknown_customer');
  const Icon = kIcons[item.task.task_channel_unique_name] ?? IconTask;
  return (
    <Link
      to={`/work/${item.reservation.sid}`}
      className={classes['item']}
      aria-current={chosen ? 'true' : undefined}
      data-urgency={urgency}
      data-state={item.state}
    >
      <span className={classes['face']}>
        <Person name={name} size={36} />
        <span
          className={classes['channel']}
          title={t(`channel.${item.task.task_channel_unique_name}`, item.task.task_channel_unique_name)}
        >
          <Icon size={11} aria-hidden />
        </span>
      </span>
      <span className={classes['text']}>
        <span className={classes['top']}>
          <bdi className={classes['name']}>{name}</bdi>
          <Timer item={item} urgency={urgency} />
        </span>
        <span className={classes['bottom']}>
          <Preview item={item} />
          {item.unread > 0 && (
            <span className={classes['unread']}>
              {item.unread}
              <span className="visually-hidden"> {t('work.unread', { count: item.unread })}</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  );
}

// What counts: how long the customer has waited for us, or how long wrap-up lasts, or how long it has been.
function Timer({ item, urgency }: { readonly item: WorkItem; readonly urgency: Urgency }) {
  const { t } = useTranslation();
  const wrap = item.reservation.wrap_up;
  const props = { className: classes['timer'] ?? '' };
  if (item.state === 'wrapping' && wrap?.expires_at) return <Countdown until={wrap.expires_at} {...props} />;
  if (item.state === 'wrapping' && wrap) {
    return (
      <span className={classes['timer']} data-urgency={urgency}>
        <Elapsed since={wrap.since} />
      </span>
    );
  }
  if (item.customerWaitsSince) {
    return (
      <span className={classes['timer']} data-urgency={urgency} title={t('work.waits_for_you')}>
        <Elapsed since={item.customerWaitsSince} />
      </span>
    );
  }
  return <Elapsed since={item.reservation.accepted_at ?? item.reservation.created_at} {...props} />;
}

function Preview({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  if (item.state === 'wrapping')
    return (
      <span className={classes['state']} data-state="wrapping">
        {t('work.wrapping')}
      </span>
    );
  if (item.state === 'suspended') {
    return (
      <span className={classes['state']}>
        <IconPause size={12} aria-hidden /> {t('work.suspended')}
      </span>
    );
  }
  if (item.thread?.typing) return <span className={classes['typing']}>{t('work.types')}</span>;
  const own = item.lastMessage?.author.type === 'worker';
  const text =
    item.lastMessage?.text || (item.lastMessage?.attachments[0]?.name ?? item.task.task_queue_friendly_name ?? '');
  return (
    <span className={classes['preview']}>
      {own && <span className={classes['you']}>{t('work.you')}</span>}
      <bdi>{text}</bdi>
    </span>
  );
}
