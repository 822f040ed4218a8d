// Chooses what is to be held: a customer by name or number, then those of their contacts that have sound.
import { Empty, IconSearch, Person, When, measureOf } from '@carillon/ui';
import { Button, Checkbox, Skeleton, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { HoldDialog } from '../../desk/hold_dialog';
import { usePages } from '../../desk/hooks';
import classes from './legal_holds_page.module.css';

interface Whom {
  readonly sid: string;
  readonly name: string;
}

export function PlaceHold({ close }: { readonly close: () => void }) {
  const [customer, setCustomer] = useState<Whom | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return (
    <HoldDialog what={chosen.map((contact_sid) => ({ contact_sid }))} close={close}>
      {customer ? (
        <Contacts
          customer={customer}
          chosen={chosen}
          choose={setChosen}
          back={() => {
            setCustomer(null);
            setChosen([]);
          }}
        />
      ) : (
        <Customers choose={setCustomer} />
      )}
    </HoldDialog>
  );
}

function Customers({ choose }: { readonly choose: (whom: Whom) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const looksLikeAddress = /@|^\+?\d[\d ]{5,}$/.test(q);
  const pages = usePages('/customers', {
    query: q === '' ? {} : looksLikeAddress ? { identity: q } : { q },
    pageSize: 8,
  });
  return (
    <div>
      <TextInput
        label={t('legal_holds.customer')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        placeholder={t('customer.search')}
        leftSection={<IconSearch size={15} />}
        maxLength={256}
        mb="xs"
        data-autofocus
      />
      {pages.loading && <Skeleton height={120} />}
      {!pages.loading && pages.items.length === 0 && <Empty icon={IconSearch} title={t('customer.not_found')} small />}
      <ul className={classes['choices']}>
        {pages.items.map((customer) => {
          const name = customer.display_name || t('work.unknown_customer');
          return (
            <li key={customer.sid}>
              <UnstyledButton className={classes['choice'] ?? ''} onClick={() => choose({ sid: customer.sid, name })}>
                <Person name={customer.display_name} size={30} />
                <span className={classes['two']}>
                  <bdi>{name}</bdi>
                  <small>{t('customer.contacts', { count: customer.contact_count })}</small>
                </span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface ContactsProps {
  readonly customer: Whom;
  readonly chosen: readonly string[];
  readonly choose: (chosen: readonly string[]) => void;
  readonly back: () => void;
}

function Contacts({ customer, chosen, choose, back }: ContactsProps) {
  const { t, i18n } = useTranslation();
  const pages = usePages('/contacts', {
    query: { customer_sid: customer.sid, channel: 'voice' },
    pageSize: 50,
  });
  return (
    <div>
      <div className={classes['whom']}>
        <strong>
          <bdi>{customer.name}</bdi>
        </strong>
        <Button variant="subtle" size="compact-sm" onClick={back}>
          {t('legal_holds.another')}
        </Button>
      </div>
      {pages.loading && <Skeleton height={120} />}
      {!pages.loading && pages.items.length === 0 && <Empty title={t('legal_holds.no_calls')} small />}
      {pages.items.length > 0 && (
        <Checkbox.Group
          label={t('legal_holds.calls')}
          description={t('legal_holds.calls_about')}
          value={[...chosen]}
          onChange={choose}
        >
          <ul className={classes['choices']}>
            {pages.items.map(({ contact, talk_s }) => (
              <li key={contact.sid} className={classes['check']}>
                <Checkbox
                  value={contact.sid}
                  label={
                    <>
                      <When at={contact.created_at} /> · {t(`channel.${contact.channel}`, contact.channel)}
                      {talk_s > 0 && ` · ${measureOf(talk_s, i18n.language)}`}
                    </>
                  }
                />
              </li>
            ))}
          </ul>
        </Checkbox.Group>
      )}
    </div>
  );
}
