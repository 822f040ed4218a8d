// Customers: find one by name or by how they reach us, and see what there is.
import { Empty, IconCustomer, IconSearch, Panel, Person, ProblemNote, When } from '@carillon/ui';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import { usePages } from '../../desk/hooks';
import CustomerPanel from './customer_panel';
import classes from './customers_page.module.css';

export default function CustomersPage() {
  const { t } = useTranslation();
  const { sid } = useParams<{ sid?: string }>();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const looksLikeAddress = /@|^\+?\d[\d ]{5,}$/.test(q);
  const pages = usePages('/customers', {
    query: q === '' ? {} : looksLikeAddress ? { identity: q } : { q },
    pageSize: 40,
  });
  useEffect(() => {
    document.title = `${t('nav.customers')} · Carillon`;
  }, [t]);
  return (
    <div className={classes['page']} data-open={sid !== undefined || undefined}>
      <div className={classes['list']}>
        <h1 className={classes['title']}>{t('nav.customers')}</h1>
        <TextInput
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          placeholder={t('customer.search')}
          aria-label={t('customer.search')}
          leftSection={<IconSearch size={15} />}
        />
        {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
        {pages.loading && <Skeleton height={52} />}
        {!pages.loading && !pages.problem && pages.items.length === 0 && (
          <Empty icon={IconSearch} title={t(q ? 'customer.not_found' : 'customer.nobody')} small>
            {t(q ? 'customer.not_found_about' : 'customer.nobody_about')}
          </Empty>
        )}
        <ul className={classes['items']}>
          {pages.items.map((customer) => (
            <li key={customer.sid}>
              <Link
                to={`/customers/${customer.sid}`}
                className={classes['item']}
                aria-current={customer.sid === sid ? 'true' : undefined}
              >
                <Person name={customer.display_name} size={34} />
                <span className={classes['text']}>
                  <bdi className={classes['name']}>{customer.display_name || t('work.unknown_customer')}</bdi>
                  <span className={classes['about']}>
                    {t('customer.contacts', { count: customer.contact_count })}
                    {customer.last_contact_at && (
                      <>
                        {' · '}
                        <When at={customer.last_contact_at} />
                      </>
                    )}
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
        {pages.more && (
          <Button variant="subtle" loading={pages.loadingMore} onClick={pages.more}>
            {t('list.more')}
          </Button>
        )}
      </div>
      <div className={classes['one']}>
        {sid ? (
          <Panel flush>
            <CustomerPanel key={sid} customerSid={sid} task={null} name="" />
          </Panel>
        ) : (
          pages.items.length > 0 && <Empty icon={IconCustomer} title={t('customer.choose')} />
        )}
      </div>
    </div>
  );
}
