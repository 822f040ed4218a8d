// Fields that several forms share.
import { agoOf } from '@carillon/ui';
import { Group, NumberInput, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Form } from './form';

interface NamedValues {
  readonly friendly_name: string;
}

export function NameField<V extends NamedValues>({
  form,
  autoFocus = true,
}: {
  readonly form: Form<V>;
  readonly autoFocus?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('field.name')}
      value={form.values.friendly_name}
      onChange={(event) => form.set('friendly_name', event.currentTarget.value as V['friendly_name'])}
      error={form.error('friendly_name')}
      maxLength={64}
      required
      withAsterisk={false}
      data-autofocus={autoFocus || undefined}
    />
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly about?: ReactNode;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly error?: string | undefined;
  readonly min?: number;
  readonly max?: number;
  // Empty means null; what that means is the placeholder.
  readonly empty?: string;
  readonly unit?: 'seconds';
}

export function NumberField({ label, about, value, onChange, error, min = 0, max, empty, unit }: NumberFieldProps) {
  const { t, i18n } = useTranslation();
  // Nobody reads 604,800 seconds as a week.
  const long = unit === 'seconds' && value !== null && value >= 120;
  return (
    <NumberInput
      label={label}
      description={about}
      value={value ?? ''}
      onChange={(next) =>
        typeof next === 'number' ? onChange(next) : empty !== undefined && next === '' ? onChange(null) : undefined
      }
      error={error}
      min={min}
      {...(max === undefined ? {} : { max })}
      placeholder={empty ?? ''}
      allowDecimal={false}
      clampBehavior="blur"
      suffix={unit === 'seconds' ? ` ${t('field.seconds_short')}` : ''}
      hideControls
      {...(long ? { rightSection: <small>{agoOf(value, i18n.language)}</small>, rightSectionWidth: 84 } : {})}
    />
  );
}

interface WrapUpRule {
  readonly mode: string;
  readonly seconds: number;
  readonly extensions: number;
}

interface WrapUpFieldsProps {
  readonly value: WrapUpRule;
  readonly onChange: (value: WrapUpRule) => void;
  readonly modes: readonly string[];
  readonly error: (place: string) => string | undefined;
}

export function WrapUpFields({ value, onChange, modes, error }: WrapUpFieldsProps) {
  const { t } = useTranslation();
  const timed = value.mode === 'timed' || value.mode === 'required';
  return (
    <>
      <Select
        label={t('field.wrap_up')}
        data={modes.map((mode) => ({ value: mode, label: t(`wrap_up_mode.${mode}`) }))}
        value={value.mode}
        onChange={(mode) => mode && onChange({ ...value, mode })}
        allowDeselect={false}
        error={error('wrap_up/mode')}
      />
      {timed && (
        <Group grow align="flex-start">
          <NumberField
            label={t('field.wrap_up_seconds')}
            value={value.seconds}
            onChange={(seconds) => onChange({ ...value, seconds: seconds ?? 0 })}
            error={error('wrap_up/seconds')}
            max={86_400}
            unit="seconds"
          />
          <NumberField
            label={t('field.wrap_up_extensions')}
            value={value.extensions}
            onChange={(extensions) => onChange({ ...value, extensions: extensions ?? 0 })}
            error={error('wrap_up/extensions')}
            max={20}
          />
        </Group>
      )}
    </>
  );
}
