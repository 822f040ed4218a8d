// What we know of a customer: simple facts shown as such, and changed one by one.
import type { Schemas } from '@carillon/contract';
import { IconPlus, titleOf } from '@carillon/ui';
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChange } from './change';
import { Section } from './section';
import classes from './attributes.module.css';

export function shownAs(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

// "7" is a number and "true" a truth; everything else is what it says.
export function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(text) ? Number(text) : text;
}

export function Attributes({ customer }: { readonly customer: Schemas['Customer'] }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const facts = Object.entries(customer.attributes);
  return (
    <Section
      title={t('customer.attributes')}
      aside={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('customer.add_attribute')}
          onClick={() => setAdding((a) => !a)}
          aria-expanded={adding}
        >
          <IconPlus size={15} />
        </ActionIcon>
      }
    >
      {facts.length === 0 && !adding && <p className={classes['none']}>{t('customer.no_attributes')}</p>}
      <dl className={classes['facts']}>
        {facts.map(([key, value]) => (
          <div key={key}>
            <dt>{titleOf(key)}</dt>
            <dd>
              <bdi>{shownAs(value)}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {adding && <Add customer={customer} onDone={() => setAdding(false)} />}
    </Section>
  );
}

function Add({ customer, onDone }: { readonly customer: Schemas['Customer']; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [busy, change] = useChange(customer);
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        const { [key.trim()]: _, ...others } = customer.attributes;
        const attributes = value.trim() === '' ? others : { ...others, [key.trim()]: readValue(value.trim()) };
        void change({ attributes }).then((ok) => ok && onDone());
      }}
    >
      <TextInput
        aria-label={t('customer.attribute_name')}
        placeholder={t('customer.attribute_name')}
        value={key}
        onChange={(e) => setKey(e.currentTarget.value)}
        maxLength={64}
        size="xs"
        autoFocus
      />
      <TextInput
        aria-label={t('customer.attribute_value')}
        placeholder={t('customer.attribute_value')}
        value={value}
        onChange={(e) => setValue(e.currentTarget.value)}
        maxLength={1000}
        size="xs"
      />
      <Button type="submit" size="xs" loading={busy} disabled={key.trim() === ''}>
        {t('form.save')}
      </Button>
    </form>
  );
}
