// One's own day: how many, how long, how busy.
import { countOf, measureOf, percentOf } from '@carillon/ui';
import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLive } from '../desk/hooks';
import classes from './own_numbers.module.css';

export function OwnNumbers() {
  const { t, i18n } = useTranslation();
  const mine = useLive((live) => live.numbers.worker);
  if (!mine) return null;
  const numbers = [
    { label: t('own.handled'), about: t('own.handled_about'), value: countOf(mine.segments, i18n.language) },
    { label: t('own.aht'), about: t('own.aht_about'), value: measureOf(mine.aht_s, i18n.language) },
    { label: t('own.occupancy'), about: t('own.occupancy_about'), value: percentOf(mine.occupancy, i18n.language) },
  ];
  return (
    <dl className={classes['numbers']} aria-label={t('own.title')}>
      {numbers.map(({ label, about, value }) => (
        <Tooltip key={label} label={about} multiline maw={260}>
          <div className={classes['one']}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        </Tooltip>
      ))}
    </dl>
  );
}
