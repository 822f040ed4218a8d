// The numbers people manage by, of the whole center: now on the left, the day so far on the right; each leads to its contacts.
import { selectWaiting } from '@carillon/state';
import { Elapsed, Stat, Stats, countOf, measureOf, percentOf } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useLive } from '../../desk/hooks';
import { toneOfAbandonment, toneOfServiceLevel } from './tones';
import classes from './center_numbers.module.css';

export function CenterNumbers() {
  const { t, i18n } = useTranslation();
  const now = useLive((live) => live.numbers.workspace);
  const oldest = useLive((live) =>
    selectWaiting(live).reduce<string | null>(
      (min, w) => (min === null || w.task.virtual_start_time < min ? w.task.virtual_start_time : min),
      null,
    ),
  );
  const today = now?.today;
  const language = i18n.language;
  const drill = (query: string, value: string) => (
    <Link to={`/history?period=today${query}`} className={classes['drill']}>
      {value}
    </Link>
  );
  return (
    <Stats label={t('numbers.title')}>
      <Stat
        label={t('numbers.waiting')}
        about={t('numbers.waiting_about')}
        value={now ? countOf(now.waiting, language) : '–'}
        tone={now && now.late > 0 ? 'bad' : 'plain'}
        hint={now && now.late > 0 ? t('numbers.late', { count: now.late }) : undefined}
      />
      <Stat
        label={t('numbers.longest')}
        about={t('numbers.longest_about')}
        value={oldest ? <Elapsed since={oldest} /> : '–'}
      />
      <Stat
        label={t('numbers.agents')}
        about={t('numbers.agents_about')}
        value={now ? countOf(now.available_workers, language) : '–'}
        hint={now ? t('numbers.handling', { count: now.handling_workers }) : undefined}
      />
      <Stat
        label={t('numbers.contacts')}
        about={t('numbers.contacts_about')}
        value={today ? drill('', countOf(today.contacts, language)) : '–'}
        hint={now ? t('numbers.open', { count: now.open_contacts }) : undefined}
      />
      <Stat
        label={t('numbers.service_level')}
        about={t('numbers.service_level_about')}
        value={today ? drill('&sl=false', percentOf(today.service_level, language)) : '–'}
        tone={toneOfServiceLevel(today?.service_level ?? null)}
      />
      <Stat
        label={t('numbers.abandonment')}
        about={t('numbers.abandonment_about')}
        value={today ? drill('&bucket=abandoned', percentOf(today.abandonment, language)) : '–'}
        tone={toneOfAbandonment(today?.abandonment ?? null)}
      />
      <Stat label={t('numbers.asa')} about={t('numbers.asa_about')} value={measureOf(today?.asa_s ?? null, language)} />
      <Stat label={t('numbers.aht')} about={t('numbers.aht_about')} value={measureOf(today?.aht_s ?? null, language)} />
      <Stat
        label={t('numbers.occupancy')}
        about={t('numbers.occupancy_about')}
        value={percentOf(today?.occupancy ?? null, language)}
      />
    </Stats>
  );
}
