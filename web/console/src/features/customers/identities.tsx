// How the customer can be reached, and whether we know that it is them.
import type { Schemas } from '@carillon/contract';
import { IconCheck, IconPlus } from '@carillon/ui';
import { ActionIcon, Button, Select, TextInput, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBusy, useCenter, useForget, useTell } from '../../desk/hooks';
import { Section } from './section';
import classes from './identities.module.css';

const kTypes = ['email', 'phone', 'external_id'] as const;

export function Identities({ customer }: { readonly customer: Schemas['Customer'] }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const shown = customer.identities.filter((i) => i.type !== 'visitor');
  return (
    <Section
      title={t('customer.identities')}
      aside={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('customer.add_identity')}
          onClick={() => setAdding((a) => !a)}
          aria-expanded={adding}
        >
          <IconPlus size={15} />
        </ActionIcon>
      }
    >
      {shown.length === 0 && !adding && <p className={classes['none']}>{t('customer.no_identities')}</p>}
      <ul className={classes['list']}>
        {shown.map((identity) => (
          <li key={identity.sid}>
            <span className={classes['type']}>{t(`identity.${identity.type}`)}</span>
            <span className={classes['value']} dir="ltr">
              {identity.value}
            </span>
            {identity.verified && (
              <Tooltip label={t('customer.verified')}>
                <span className={classes['verified']} aria-label={t('customer.verified')} role="img" tabIndex={0}>
                  <IconCheck size={13} />
                </span>
              </Tooltip>
            )}
          </li>
        ))}
      </ul>
      {adding && <Add customer={customer} onDone={() => setAdding(false)} />}
    </Section>
  );
}

function Add({ customer, onDone }: { readonly customer: Schemas['Customer']; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const tell = useTell();
  const [type, setType] = useState<Schemas['IdentityType']>('email');
  const [value, setValue] = useState('');
  const [busy, run] = useBusy();
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const answer = await rest.post('/customers/{sid}/identities', {
            path: { sid: customer.sid },
            body: { type, value: value.trim() },
          });
          if (!answer.ok) return tell(answer.problem);
          forget('/customers');
          onDone();
        });
      }}
    >
      <Select
        aria-label={t('customer.identity_type')}
        data={kTypes.map((k) => ({ value: k, label: t(`identity.${k}`) }))}
        value={type}
        onChange={(v) => v && setType(v as Schemas['IdentityType'])}
        allowDeselect={false}
        size="xs"
      />
      <TextInput
        aria-label={t('customer.identity_value')}
        value={value}
        onChange={(e) => setValue(e.currentTarget.value)}
        maxLength={254}
        size="xs"
        autoFocus
        dir="ltr"
      />
      <Button type="submit" size="xs" loading={busy} disabled={value.trim() === ''}>
        {t('form.add')}
      </Button>
    </form>
  );
}
