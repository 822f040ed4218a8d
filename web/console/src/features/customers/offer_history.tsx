// Before one accepts: whether they have been here before, what about and how it ended.
import { IconHistory, When } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../desk/hooks';
import classes from './earlier_contacts.module.css';

// More nobody reads while it rings.
const kMost = 3;

export default function OfferHistory({ customerSid }: { readonly customerSid: string | null }) {
  const { t } = useTranslation();
  const pages = usePages('/contacts', {
    query: { customer_sid: customerSid },
    pageSize: kMost + 1,
    enabled: customerSid !== null,
  });
  if (customerSid === null || pages.loading || pages.problem) return null;
  const ended = pages.items.filter((one) => one.contact.status === 'ended').slice(0, kMost);
  if (ended.length === 0) return <p className={classes['none']}>{t('customer.first_time')}</p>;
  return (
    <ul className={classes['before']} aria-label={t('customer.earlier')}>
      {ended.map((one) => (
        <li key={one.contact.sid}>
          <IconHistory size={12} aria-hidden />
          <span>
            {[one.disposition_name ?? t(`bucket.${one.bucket ?? 'open'}`), one.task_queue_friendly_name]
              .filter(Boolean)
              .join(' · ')}
          </span>
          <When at={one.contact.created_at} />
        </li>
      ))}
    </ul>
  );
}
