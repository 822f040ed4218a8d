// The customer's name, corrected in place.
import type { Schemas } from '@carillon/contract';
import { IconCheck, IconClose, When } from '@carillon/ui';
import { ActionIcon, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './customer_name.module.css';
import { useChange } from './change';

export function CustomerName({ customer }: { readonly customer: Schemas['Customer'] }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const [busy, change] = useChange(customer);
  const name = customer.display_name || t('work.unknown_customer');
  if (typed !== null) {
    return (
      <form
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void change({ display_name: typed.trim() }).then((ok) => ok && setTyped(null));
        }}
        onKeyDown={(event) => event.key === 'Escape' && setTyped(null)}
      >
        <TextInput
          value={typed}
          onChange={(e) => setTyped(e.currentTarget.value)}
          aria-label={t('customer.name')}
          maxLength={128}
          autoFocus
          flex={1}
        />
        <ActionIcon type="submit" variant="light" size={32} loading={busy} aria-label={t('form.save')}>
          <IconCheck size={15} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          onClick={() => setTyped(null)}
          aria-label={t('form.cancel')}
        >
          <IconClose size={15} />
        </ActionIcon>
      </form>
    );
  }
  return (
    <div className={classes['who']}>
      <UnstyledButton
        className={classes['name']}
        onClick={() => setTyped(customer.display_name)}
        title={t('customer.rename')}
      >
        <bdi>{name}</bdi>
      </UnstyledButton>
      <p className={classes['about']}>
        {t('customer.contacts', { count: customer.contact_count })}
        {customer.first_contact_at && (
          <>
            {' · '}
            {t('customer.since')} <When at={customer.first_contact_at} />
          </>
        )}
      </p>
    </div>
  );
}
