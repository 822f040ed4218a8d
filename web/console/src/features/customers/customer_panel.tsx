// The customer beside a conversation: who, what we know of them, what was before, what colleagues wrote down.
import type { Schemas } from '@carillon/contract';
import type { Task } from '@carillon/state';
import { Empty, IconCustomer, Person, ProblemNote, titleOf } from '@carillon/ui';
import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../desk/hooks';
import type { SlotProps } from '../../desk/slots';
import { Attributes } from './attributes';
import { CustomerName } from './customer_name';
import { EarlierContacts } from './earlier_contacts';
import { Identities } from './identities';
import { Notes } from './notes';
import { PopLink } from './pop_link';
import { Section } from './section';
import classes from './customer_panel.module.css';

export default function CustomerPanel({ customerSid, task, name }: SlotProps['customer']) {
  const { t } = useTranslation();
  const read = useRead('/customers/{sid}', { path: { sid: customerSid ?? '' }, enabled: customerSid !== null });
  if (customerSid === null) {
    return (
      <div className={classes['panel']}>
        <Empty icon={IconCustomer} title={t('customer.none')} small>
          {t('customer.none_about')}
        </Empty>
        {task && <PopLink task={task} customer={null} />}
        {task && <ThisContact task={task} />}
      </div>
    );
  }
  if (read.problem) {
    return (
      <div className={classes['panel']}>
        <ProblemNote problem={read.problem} retry={read.again} />
      </div>
    );
  }
  return (
    <div className={classes['panel']}>
      {read.value ? <Customer customer={read.value} task={task} /> : <Waiting name={name} />}
    </div>
  );
}

export function Customer({ customer, task }: { readonly customer: Schemas['Customer']; readonly task: Task | null }) {
  return (
    <>
      <header className={classes['head']}>
        <Person name={customer.display_name} size={48} />
        <CustomerName customer={customer} />
      </header>
      {task && <PopLink task={task} customer={customer} />}
      {task && <ThisContact task={task} />}
      <Identities customer={customer} />
      <Attributes customer={customer} />
      <Notes customerSid={customer.sid} contactSid={task?.contact_sid ?? null} />
      <EarlierContacts customerSid={customer.sid} without={task?.contact_sid ?? null} />
    </>
  );
}

function Waiting({ name }: { readonly name: string }) {
  return (
    <>
      <header className={classes['head']}>
        <Person name={name} size={48} />
        <Skeleton height={18} width="60%" />
      </header>
      <Skeleton height={60} mt="md" />
    </>
  );
}

// What came with this contact: page, topic, hints of the site.
function ThisContact({ task }: { readonly task: Task }) {
  const { t } = useTranslation();
  const { visitor, page_url } = task.attributes as { visitor?: Record<string, unknown>; page_url?: unknown };
  const facts = Object.entries(visitor ?? {}).map(
    ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  if (facts.length === 0 && typeof page_url !== 'string') return null;
  return (
    <Section title={t('customer.this_contact')}>
      <dl className={classes['facts']}>
        {typeof page_url === 'string' && (
          <div>
            <dt>{t('customer.page')}</dt>
            <dd>
              <PageLink address={page_url} />
            </dd>
          </div>
        )}
        {facts.map(([key, value]) => (
          <div key={key}>
            <dt>{titleOf(key)}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

// Only what is surely a page becomes a link.
function PageLink({ address }: { readonly address: string }) {
  const shown = address.replace(/^https?:\/\//, '');
  if (!/^https?:\/\//.test(address)) return <span dir="ltr">{shown}</span>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow" dir="ltr">
      {shown}
    </a>
  );
}
