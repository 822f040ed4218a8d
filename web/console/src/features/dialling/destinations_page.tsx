// Which numbers agents may call, and how often an hour: what costs much is for few.
import type { Schemas } from '@carillon/contract';
import { Empty, IconPhoneOutgoing, IconPlus, IconTrash } from '@carillon/ui';
import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Form } from '../../desk/admin';
import { countryName, countryOf } from './countries';
import type { Dialling } from './dialling_form';
import { DiallingForm, kBelow } from './dialling_form';
import classes from './dialling.module.css';

type Rule = Schemas['DestinationRule'];
type Values = Pick<Dialling, 'destinations'>;

const kRights: readonly Schemas['DiallingRight'][] = ['agent', 'supervisor', 'admin', 'nobody'];
const kMost = 1_000;

export default function DestinationsPage() {
  return (
    <DiallingForm list="destinations" words="dialling">
      {(form) => <Destinations form={form} />}
    </DiallingForm>
  );
}

function Destinations({ form }: { readonly form: Form<Values> }) {
  const { t } = useTranslation();
  const rules = form.values.destinations;
  const put = (next: readonly Rule[]) => form.set('destinations', next);
  return (
    <>
      {rules.length === 0 && (
        <Empty icon={IconPhoneOutgoing} title={t('dialling.none')} small>
          {t('dialling.none_about')}
        </Empty>
      )}
      <ul className={classes['rows']} aria-label={t('dialling.title')}>
        {rules.map((rule, i) => (
          <DestinationRow
            key={i}
            rule={rule}
            error={(field) => form.error(`destinations/${i}/${field}`)}
            change={(part) => put(rules.map((one, at) => (at === i ? { ...one, ...part } : one)))}
            remove={() => put(rules.filter((_, at) => at !== i))}
          />
        ))}
      </ul>
      <Button
        variant="default"
        leftSection={<IconPlus size={15} />}
        className={classes['add'] ?? ''}
        disabled={rules.length >= kMost}
        onClick={() => put([...rules, { prefix: '', needs: 'nobody', per_hour: 0 }])}
      >
        {t('dialling.new')}
      </Button>
    </>
  );
}

interface DestinationRowProps {
  readonly rule: Rule;
  readonly error: (field: string) => string | undefined;
  readonly change: (part: Partial<Rule>) => void;
  readonly remove: () => void;
}

function DestinationRow({ rule, error, change, remove }: DestinationRowProps) {
  const { t, i18n } = useTranslation();
  const country = countryOf(rule.prefix);
  const needs = rule.needs ?? 'agent';
  return (
    <li className={classes['row']}>
      <TextInput
        label={t('dialling.prefix')}
        inputWrapperOrder={kBelow}
        description={country ? countryName(country, i18n.language) : t('dialling.prefix_about')}
        placeholder="+49900"
        value={rule.prefix}
        onChange={(event) => change({ prefix: event.currentTarget.value.replaceAll(/[^\d+]/g, '') })}
        error={error('prefix')}
        maxLength={32}
        required
        withAsterisk={false}
        dir="ltr"
        inputMode="tel"
      />
      <Select
        label={t('dialling.needs')}
        inputWrapperOrder={kBelow}
        data={kRights.map((one) => ({ value: one, label: t(`dialling.right.${one}`) }))}
        value={needs}
        onChange={(v) => v && change({ needs: v as Rule['needs'] & string })}
        error={error('needs')}
        allowDeselect={false}
      />
      <NumberInput
        label={t('dialling.per_hour')}
        inputWrapperOrder={kBelow}
        description={t('dialling.per_hour_about')}
        value={rule.per_hour || ''}
        onChange={(v) => change({ per_hour: typeof v === 'number' ? v : 0 })}
        placeholder={t('dialling.no_limit')}
        error={error('per_hour')}
        disabled={needs === 'nobody'}
        min={0}
        max={1_000_000}
        allowDecimal={false}
        hideControls
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes['remove'] ?? ''}
        aria-label={t('dialling.remove', { name: rule.prefix })}
        onClick={remove}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </li>
  );
}
