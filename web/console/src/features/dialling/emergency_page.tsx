// Emergency numbers: any agent may call them at any time, and help is told where to come.
import type { Schemas } from '@carillon/contract';
import { Empty, IconPlus, IconSiren, IconTrash } from '@carillon/ui';
import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Form } from '../../desk/admin';
import { countryName, kEmergencyByCountry } from './countries';
import type { Dialling } from './dialling_form';
import { DiallingForm, kBelow } from './dialling_form';
import classes from './dialling.module.css';

type Emergency = Schemas['EmergencyNumber'];
type Values = Pick<Dialling, 'emergency'>;

const kMost = 100;

const fresh = (address: string): Emergency => ({ address, trunk: null, caller_id: null, location: null });

export default function EmergencyPage() {
  return (
    <DiallingForm list="emergency" words="emergency">
      {(form) => <Numbers form={form} />}
    </DiallingForm>
  );
}

function Numbers({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const numbers = form.values.emergency;
  const put = (next: readonly Emergency[]) => form.set('emergency', next);
  const add = (addresses: readonly string[]) => {
    const missing = addresses.filter((one) => one === '' || !numbers.some((known) => known.address === one));
    // The same place and the same line as those that are there already.
    const like = numbers[0];
    put([...numbers, ...missing.map((one) => ({ ...fresh(''), ...like, address: one }))].slice(0, kMost));
  };
  return (
    <>
      {numbers.length === 0 && (
        <Empty icon={IconSiren} title={t('emergency.none')} small>
          {t('emergency.none_about')}
        </Empty>
      )}
      <ul className={classes['rows']} aria-label={t('emergency.title')}>
        {numbers.map((number, i) => (
          <EmergencyRow
            key={i}
            number={number}
            error={(field) => form.error(`emergency/${i}/${field}`)}
            change={(part) => put(numbers.map((one, at) => (at === i ? { ...one, ...part } : one)))}
            remove={() => put(numbers.filter((_, at) => at !== i))}
          />
        ))}
      </ul>
      <div className={classes['adding']}>
        <Country add={add} />
        <Button
          variant="default"
          leftSection={<IconPlus size={15} />}
          disabled={numbers.length >= kMost}
          onClick={() => add([''])}
        >
          {t('emergency.new')}
        </Button>
      </div>
    </>
  );
}

function Country({ add }: { readonly add: (addresses: readonly string[]) => void }) {
  const { t, i18n } = useTranslation();
  const [country, setCountry] = useState<string | null>(null);
  const countries = [...kEmergencyByCountry.keys()]
    .map((one) => ({ value: one, label: countryName(one, i18n.language) }))
    .sort((a, b) => a.label.localeCompare(b.label, i18n.language));
  return (
    <Select
      label={t('emergency.country')}
      description={t('emergency.country_about')}
      placeholder={t('emergency.choose')}
      data={countries}
      value={country}
      onChange={(v) => {
        setCountry(null);
        if (v) add(kEmergencyByCountry.get(v) ?? []);
      }}
      searchable
    />
  );
}

interface EmergencyRowProps {
  readonly number: Emergency;
  readonly error: (field: string) => string | undefined;
  readonly change: (part: Partial<Emergency>) => void;
  readonly remove: () => void;
}

function EmergencyRow({ number, error, change, remove }: EmergencyRowProps) {
  const { t } = useTranslation();
  const optional = (field: 'location' | 'caller_id' | 'trunk', most: number, more: object = {}) => (
    <TextInput
      label={t(`emergency.${field}`)}
      inputWrapperOrder={kBelow}
      description={t(`emergency.${field}_about`)}
      value={number[field] ?? ''}
      onChange={(event) => change({ [field]: event.currentTarget.value || null })}
      error={error(field)}
      maxLength={most}
      {...more}
    />
  );
  return (
    <li className={classes['row']} data-wide>
      <TextInput
        label={t('emergency.address')}
        inputWrapperOrder={kBelow}
        description={t('emergency.address_about')}
        placeholder="112"
        value={number.address}
        onChange={(event) => change({ address: event.currentTarget.value.replaceAll(/[^\d+]/g, '') })}
        error={error('address')}
        maxLength={32}
        required
        withAsterisk={false}
        dir="ltr"
        inputMode="tel"
      />
      {optional('location', 1000, { dir: 'auto' })}
      {optional('caller_id', 256, { dir: 'ltr', placeholder: '+4930123456' })}
      {optional('trunk', 64, { dir: 'ltr' })}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes['remove'] ?? ''}
        aria-label={t('dialling.remove', { name: number.address })}
        onClick={remove}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </li>
  );
}
