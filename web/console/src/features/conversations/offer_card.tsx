// What rings: who, for which queue, how long they have waited, how long is left; accept or let it go.
import { acceptOffer, rejectOffer } from '@carillon/actions';
import type { Offer } from '@carillon/state';
import { Elapsed, IconTransfer, Person, clockOf, useNow } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../desk/action_button';
import { usePhone } from '../../desk/hooks';
import { Slot } from '../../desk/slots';
import classes from './offer_card.module.css';

export function OfferCard({ offer }: { readonly offer: Offer }) {
  const { t } = useTranslation();
  const { reservation, task } = offer;
  const phone = usePhone();
  const { call_sid, callback_sid, asked_at, from } = task.attributes;
  const isCallback = typeof callback_sid === 'string' && task.task_channel_unique_name === 'callback';
  const isCall = typeof call_sid === 'string' || isCallback;
  const name = offer.customerName || t(isCall ? 'call.anonymous' : 'work.unknown_customer');
  const topic = (task.attributes['visitor'] as { topic?: unknown } | undefined)?.topic;
  return (
    <article className={classes['card']} aria-label={t('offer.from', { name })}>
      <header className={classes['head']}>
        <Person name={name} size={40} />
        <div className={classes['who']}>
          <p className={classes['kind']}>
            {offer.transferred ? (
              <>
                <IconTransfer size={12} aria-hidden /> {t('offer.transferred')}
              </>
            ) : offer.leftMessage ? (
              t('offer.left_message')
            ) : (
              t('offer.incoming', {
                channel: t(`channel.${task.task_channel_unique_name}`, task.task_channel_unique_name),
              })
            )}
          </p>
          <p className={classes['name']}>
            <bdi>{name}</bdi>
          </p>
        </div>
        {reservation.expires_at && <Ring from={reservation.created_at} until={reservation.expires_at} />}
      </header>
      {offer.words !== '' && (
        <blockquote className={classes['words']}>
          <span dir="auto">{offer.words}</span>
        </blockquote>
      )}
      <dl className={classes['facts']}>
        {isCall && typeof from === 'string' && from !== 'anonymous' && from !== name && (
          <div>
            <dt>{t(isCallback ? 'callback.to' : 'call.from')}</dt>
            <dd>
              <bdi dir="ltr">{from}</bdi>
            </dd>
          </div>
        )}
        {task.task_queue_friendly_name && (
          <div>
            <dt>{t('offer.queue')}</dt>
            <dd>{task.task_queue_friendly_name}</dd>
          </div>
        )}
        <div>
          <dt>{t('offer.waited')}</dt>
          <dd>
            <Elapsed since={task.virtual_start_time} />
          </dd>
        </div>
        {isCallback && typeof asked_at === 'string' && (
          <div>
            <dt>{t('callback.asked')}</dt>
            <dd>
              <Elapsed since={asked_at} />
            </dd>
          </div>
        )}
        {typeof topic === 'string' && (
          <div>
            <dt>{t('offer.topic')}</dt>
            <dd>{topic}</dd>
          </div>
        )}
      </dl>
      <Slot of="offer" customerSid={task.customer_sid} />
      {offer.interrupts > 0 && (
        <p className={classes['interrupts']}>{t('offer.interrupts', { count: offer.interrupts })}</p>
      )}
      {isCall && phone.phase !== 'ready' && <p className={classes['interrupts']}>{t('call.no_phone')}</p>}
      <div className={classes['buttons']}>
        <ActionButton
          action={acceptOffer}
          args={{ reservation: reservation.sid }}
          color="bronze.4"
          autoContrast
          flex={1}
        />
        <ActionButton action={rejectOffer} args={{ reservation: reservation.sid }} variant="default" />
      </div>
    </article>
  );
}

const kRound = 2 * Math.PI * 15;

// What is left of the offer, as a ring that empties.
function Ring({ from, until }: { readonly from: string; readonly until: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const whole = Math.max(1, Date.parse(until) - Date.parse(from));
  const left = Math.max(0, Date.parse(until) - now);
  const seconds = Math.min(Math.round(left / 1000), Math.round(whole / 1000));
  return (
    <span className={classes['ring']} role="timer" aria-label={t('offer.left', { count: seconds })}>
      <svg viewBox="0 0 36 36" aria-hidden>
        <circle cx="18" cy="18" r="15" className={classes['track']} />
        <circle
          cx="18"
          cy="18"
          r="15"
          className={classes['rest']}
          strokeDasharray={kRound}
          strokeDashoffset={kRound * (1 - Math.min(1, left / whole))}
        />
      </svg>
      <span>{seconds > 99 ? clockOf(seconds) : seconds}</span>
    </span>
  );
}
