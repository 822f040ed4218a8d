// Ringer: rings while an offer is open, says so on the desktop when nobody looks, and shows the offer on every other page.
import { acceptOffer } from '@carillon/actions';
import type { Offer } from '@carillon/state';
import { selectOffers, selectWork } from '@carillon/state';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useRoute } from 'wouter';
import { useAct, useCenter, useLive, usePhone } from '../../desk/hooks';
import { preferences, usePreferences } from '../../desk/preferences';
import { OfferCard } from './offer_card';
import { useThreads } from './threads';
import classes from './ringer.module.css';

export default function Ringer() {
  const offers = useLive(selectOffers);
  const center = useCenter();
  const { volume } = usePreferences();
  const [atWork] = useRoute('/work/*?');
  const [inConversation] = useRoute('/work/:reservation');
  // There the conversation takes the place of the list.
  const narrow = useMediaQuery('(width < 52rem)', false, { getInitialValueInEffect: false });
  // Unread messages are counted on every page.
  useThreads();
  useEffect(() => {
    center.chime.volume = volume;
    if (offers.length > 0) center.chime.ring();
    else center.chime.stop();
    return () => center.chime.stop();
  }, [offers.length, volume, center]);
  useDesktopNotification(offers);
  useAutoAccept(offers);
  useTick();
  if (offers.length === 0 || (atWork && !(narrow && inConversation))) return null;
  return (
    <div className={classes['tray']}>
      {offers.map((offer) => (
        <OfferCard key={offer.reservation.sid} offer={offer} />
      ))}
    </div>
  );
}

function useDesktopNotification(offers: readonly Offer[]): void {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const shown = useRef(new Map<string, Notification>());
  useEffect(() => {
    const open = new Set(offers.map((offer) => offer.reservation.sid));
    for (const [sid, notification] of shown.current) {
      if (open.has(sid)) continue;
      notification.close();
      shown.current.delete(sid);
    }
    const may = typeof Notification !== 'undefined' && Notification.permission === 'granted' && preferences().notify;
    if (!may || document.hasFocus()) return;
    for (const offer of offers) {
      if (shown.current.has(offer.reservation.sid)) continue;
      const name = offer.customerName || t('work.unknown_customer');
      const notification = new Notification(t('offer.from', { name }), {
        body: offer.words.slice(0, 160) || (offer.task.task_queue_friendly_name ?? ''),
        tag: offer.reservation.sid,
        requireInteraction: true,
        icon: '/console/carillon.svg',
      });
      notification.onclick = () => {
        window.focus();
        go('/work');
        notification.close();
      };
      shown.current.set(offer.reservation.sid, notification);
    }
  }, [offers, t, go]);
}

// What the queue wants to be taken at once is taken here, once, where there is a phone to take it with.
function useAutoAccept(offers: readonly Offer[]): void {
  const act = useAct();
  const [, go] = useLocation();
  const { phase } = usePhone();
  const tried = useRef(new Set<string>());
  useEffect(() => {
    for (const { reservation, task } of offers) {
      const able = !['voice', 'callback'].includes(task.task_channel_unique_name) || phase === 'ready';
      if (!reservation.auto_accept || !able || tried.current.has(reservation.sid)) continue;
      tried.current.add(reservation.sid);
      const args = { reservation: reservation.sid };
      void act(acceptOffer, args).then((answer) => {
        if (answer.ok && acceptOffer.leadsTo) go(acceptOffer.leadsTo(args));
      });
    }
  }, [offers, phase, act, go]);
}

// A soft tick for words in a chat one does not look at.
function useTick(): void {
  const center = useCenter();
  const unread = useLive((live) => selectWork(live).reduce((sum, item) => sum + item.unread, 0));
  const before = useRef(unread);
  useEffect(() => {
    if (unread > before.current && !center.chime.ringing) center.chime.tick();
    before.current = unread;
  }, [unread, center]);
}
