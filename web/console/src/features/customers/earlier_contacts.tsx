// What was before: the customer's other contacts, newest first.
import { ProblemNote, When, measureOf } from '@carillon/ui';
import { Button, Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { usePages } from '../../desk/hooks';
import { Section } from './section';
import classes from './earlier_contacts.module.css';

export function EarlierContacts({
  customerSid,
  without,
}: {
  readonly customerSid: string;
  readonly without: string | null;
}) {
  const { t, i18n } = useTranslation();
  const pages = usePages('/contacts', { query: { customer_sid: customerSid }, pageSize: 8 });
  const contacts = pages.items.filter((s) => s.contact.sid !== without);
  return (
    <Section title={t('customer.earlier')} count={contacts.length}>
      {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
      {pages.loading && <Skeleton height={40} />}
      {!pages.loading && contacts.length === 0 && <p className={classes['none']}>{t('customer.first_time')}</p>}
      <ul className={classes['list']}>
        {contacts.map((s) => (
          <li key={s.contact.sid}>
            <Link to={`/history/${s.contact.sid}`} className={classes['contact']}>
              <span className={classes['top']}>
                <span>{s.disposition_name ?? t(`bucket.${s.bucket ?? 'open'}`)}</span>
                <When at={s.contact.created_at} />
              </span>
              <span className={classes['facts']}>
                {[
                  s.task_queue_friendly_name,
                  s.worker_friendly_name,
                  s.talk_s > 0 ? measureOf(s.talk_s, i18n.language) : null,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {pages.more && (
        <Button variant="subtle" size="compact-sm" loading={pages.loadingMore} onClick={pages.more}>
          {t('list.more')}
        </Button>
      )}
    </Section>
  );
}
