// Opening hours by the clock on a wall: a week, and holidays in its place. The server makes them into what it decides by.
import type { Schemas } from '@carillon/contract';
import { IconClose, IconCopy, IconPlus } from '@carillon/ui';
import { ActionIcon, Button, Select, Switch, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../desk/hooks';
import classes from './hours_field.module.css';

type Hours = Schemas['Hours'];
type Span = Schemas['ClockSpan'];
type Holiday = Schemas['Holiday'];

const kDays = [1, 2, 3, 4, 5, 6, 7] as const;
const kWorkday: Span = { from: '09:00', until: '17:00' };

export function freshHours(timeZone: string): Hours {
  return { time_zone: timeZone, weekly: [1, 2, 3, 4, 5].map((day) => ({ day, ...kWorkday })), holidays: [] };
}

interface HoursFieldProps {
  readonly value: Hours | null;
  readonly onChange: (value: Hours) => void;
  readonly error: (place: string) => string | undefined;
}

export function HoursField({ value, onChange, error }: HoursFieldProps) {
  const { t, i18n } = useTranslation();
  const zone = useMe().workspace?.time_zone ?? 'UTC';
  const zones = useMemo(() => [...new Set([zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort(), [zone]);
  const names = useMemo(() => dayNames(i18n.language), [i18n.language]);
  if (!value) {
    return (
      <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange(freshHours(zone))}>
        {t('hours.begin')}
      </Button>
    );
  }
  const weekly = value.weekly ?? [];
  const spansOf = (day: number) => weekly.filter((one) => one.day === day).map(({ from, until }) => ({ from, until }));
  const setDays = (days: readonly number[], spans: readonly Span[]) =>
    onChange({
      ...value,
      weekly: [
        ...weekly.filter((one) => !days.includes(one.day)),
        ...days.flatMap((day) => spans.map((span) => ({ day, ...span }))),
      ].sort((a, b) => a.day - b.day || a.from.localeCompare(b.from)),
    });
  return (
    <fieldset className={classes['hours']}>
      <legend>{t('hours.title')}</legend>
      <Select
        label={t('hours.zone')}
        data={zones}
        value={value.time_zone}
        onChange={(v) => v && onChange({ ...value, time_zone: v })}
        error={error('hours/time_zone')}
        searchable
        allowDeselect={false}
      />
      <ul className={classes['days']}>
        {kDays.map((day) => (
          <li key={day}>
            <span className={classes['day']}>{names[day - 1]}</span>
            <Spans name={names[day - 1] ?? ''} spans={spansOf(day)} onChange={(spans) => setDays([day], spans)} />
            {day === 1 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('hours.copy')}
                title={t('hours.copy')}
                onClick={() => setDays([2, 3, 4, 5], spansOf(1))}
              >
                <IconCopy size={15} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {error('hours/weekly') && (
        <p className={classes['wrong']} role="alert">
          {error('hours/weekly')}
        </p>
      )}
      <Holidays
        value={value.holidays ?? []}
        onChange={(holidays) => onChange({ ...value, holidays })}
        error={error('hours/holidays')}
      />
    </fieldset>
  );
}

// Monday first (ISO 8601), in the reader's language.
function dayNames(language: string): readonly string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
  return kDays.map((day) => format.format(new Date(Date.UTC(2024, 0, day))));
}

// A field of the browser knows no 24:00: midnight as an end is that.
const shown = (clock: string) => (clock === '24:00' ? '00:00' : clock);
const meant = (clock: string) => (clock === '00:00' ? '24:00' : clock);

interface SpansProps {
  readonly name: string;
  readonly spans: readonly Span[];
  readonly onChange: (spans: readonly Span[]) => void;
}

function Spans({ name, spans, onChange }: SpansProps) {
  const { t } = useTranslation();
  const change = (at: number, part: Partial<Span>) =>
    onChange(spans.map((span, i) => (i === at ? { ...span, ...part } : span)));
  return (
    <div className={classes['spans']}>
      {spans.length === 0 && <span className={classes['closed']}>{t('hours.closed')}</span>}
      {spans.map((span, i) => (
        // Two of a day may be the same while they are typed.
        <span className={classes['span']} key={i} dir="ltr">
          <TextInput
            type="time"
            size="xs"
            aria-label={`${name}: ${t('hours.from')}`}
            value={span.from}
            onChange={(event) => event.currentTarget.value && change(i, { from: event.currentTarget.value })}
          />
          –
          <TextInput
            type="time"
            size="xs"
            aria-label={`${name}: ${t('hours.until')}`}
            value={shown(span.until)}
            onChange={(event) => event.currentTarget.value && change(i, { until: meant(event.currentTarget.value) })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`${t('hours.remove')}: ${name}`}
            onClick={() => onChange(spans.filter((_, at) => at !== i))}
          >
            <IconClose size={13} />
          </ActionIcon>
        </span>
      ))}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`${t('hours.add')}: ${name}`}
        onClick={() => onChange([...spans, nextSpan(spans.at(-1))])}
      >
        <IconPlus size={14} />
      </ActionIcon>
    </div>
  );
}

// After the last one, when there is time left in the day.
function nextSpan(last: Span | undefined): Span {
  if (!last || last.until >= '23:00') return kWorkday;
  const hour = Number(last.until.slice(0, 2)) + 1;
  const from = `${String(hour).padStart(2, '0')}:00`;
  return { from, until: hour >= 18 ? '24:00' : '18:00' };
}

interface HolidaysProps {
  readonly value: readonly Holiday[];
  readonly onChange: (value: readonly Holiday[]) => void;
  readonly error: string | undefined;
}

function Holidays({ value, onChange, error }: HolidaysProps) {
  const { t } = useTranslation();
  const change = (at: number, part: Partial<Holiday>) =>
    onChange(value.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const today = new Date().toISOString().slice(0, 10);
  return (
    <div className={classes['holidays']}>
      <p className={classes['heading']}>{t('hours.holidays')}</p>
      {value.map((one, i) => (
        <div className={classes['holiday']} key={i}>
          <TextInput
            type="date"
            size="xs"
            aria-label={t('hours.date')}
            value={one.date}
            onChange={(event) => event.currentTarget.value && change(i, { date: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            aria-label={t('hours.name')}
            placeholder={t('hours.name')}
            value={one.name ?? ''}
            maxLength={128}
            onChange={(event) => change(i, { name: event.currentTarget.value })}
            className={classes['name'] ?? ''}
          />
          <Switch
            size="xs"
            label={t('hours.closed_all_day')}
            checked={(one.open ?? []).length === 0}
            onChange={(event) => change(i, { open: event.currentTarget.checked ? [] : [kWorkday] })}
          />
          {(one.open ?? []).length > 0 && (
            <Spans name={one.name || one.date} spans={one.open ?? []} onChange={(open) => change(i, { open })} />
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${t('hours.remove')}: ${one.name || one.date}`}
            onClick={() => onChange(value.filter((_, at) => at !== i))}
          >
            <IconClose size={15} />
          </ActionIcon>
        </div>
      ))}
      {error && (
        <p className={classes['wrong']} role="alert">
          {error}
        </p>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={13} />}
        onClick={() => onChange([...value, { date: today, name: '', open: [] }])}
        className={classes['add'] ?? ''}
      >
        {t('hours.add_holiday')}
      </Button>
    </div>
  );
}
