// The link to another system's page about this contact.
import type { Schemas } from '@carillon/contract';
import type { Task } from '@carillon/state';
import { IconExternal } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { useCenter, useLive } from '../../desk/hooks';
import { popAddress, popOf } from './pop';
import { Section } from './section';
import classes from './customer_panel.module.css';

export function PopLink({ task, customer }: { readonly task: Task; readonly customer: Schemas['Customer'] | null }) {
  const { t } = useTranslation();
  const { store } = useCenter();
  useLive((live) => live.taskQueues);
  useLive((live) => live.calls);
  const pop = popOf(store.get(), task);
  const address = pop && popAddress(store.get(), task, customer, pop.template);
  if (!address) return null;
  return (
    <Section title={t('customer.pop')}>
      <a href={address} target="_blank" rel="noopener noreferrer" className={classes['pop']}>
        <bdi dir="ltr">{new URL(address).host}</bdi> <IconExternal size={13} aria-hidden />
        <span className="visually-hidden">{t('customer.pop_tab')}</span>
      </a>
    </Section>
  );
}
