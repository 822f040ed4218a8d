// Opens another system's page about a contact in a tab of its own, once, when the contact is accepted here and its queue wants that.
import type { Schemas } from '@carillon/contract';
import type { Task } from '@carillon/state';
import { asksForCustomer, selectWork } from '@carillon/state';
import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCenter, useLive } from '../../desk/hooks';
import { popAddress, popOf } from './pop';

export default function PopUp() {
  const { t } = useTranslation();
  const center = useCenter();
  const ready = useLive((live) => live.ready);
  const work = useLive(selectWork);
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!ready) return;
    // What was in hand when the page was loaded has been opened then.
    const before = known.current ?? new Set(work.map((item) => item.reservation.sid));
    known.current = before;
    const open = async (task: Task, template: string) => {
      let customer: Schemas['Customer'] | null = null;
      if (task.customer_sid && asksForCustomer(template)) {
        const answer = await center.rest.get('/customers/{sid}', { path: { sid: task.customer_sid } });
        if (answer.ok) customer = answer.value;
      }
      const address = popAddress(center.store.get(), task, customer, template);
      if (address && !openTab(address)) tellBlocked(address, t);
    };
    for (const { reservation, task } of work) {
      if (before.has(reservation.sid)) continue;
      before.add(reservation.sid);
      const pop = popOf(center.store.get(), task);
      // Of several windows the one that is looked at opens it.
      if (pop?.open && document.visibilityState === 'visible') void open(task, pop.template);
    }
  }, [ready, work, center, t]);
  return null;
}

// False where the browser forbids it. The page never learns who opened it.
function openTab(address: string): boolean {
  const tab = window.open('', '_blank');
  if (!tab) return false;
  tab.opener = null;
  tab.location.replace(address);
  return true;
}

function tellBlocked(address: string, t: (key: string) => string): void {
  notifications.show({
    title: t('customer.pop_blocked'),
    message: <BlockedLink address={address} />,
    color: 'bronze',
    autoClose: 20_000,
    withBorder: true,
  });
}

function BlockedLink({ address }: { readonly address: string }) {
  const { t } = useTranslation();
  return (
    <Anchor href={address} target="_blank" rel="noopener noreferrer" size="sm">
      {t('customer.pop_open')}
    </Anchor>
  );
}
