// Queues live: who waits, how long, how well it goes, and who is there for them.
import type { QueueRow } from '@carillon/state';
import { selectQueues } from '@carillon/state';
import type { Column } from '@carillon/ui';
import { DataTable, Elapsed, Empty, IconRoute, IconWhy, Panel, countOf, percentOf } from '@carillon/ui';
import { ActionIcon, Tooltip } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useLive } from '../../desk/hooks';
import { toneOfServiceLevel } from './tones';
import { useWhy } from './why_dialog';
import classes from './queues.module.css';

export function Queues() {
  const { t, i18n } = useTranslation();
  const rows = useLive(selectQueues);
  const ask = useWhy();
  const language = i18n.language;
  const columns = useMemo(
    (): Column<QueueRow>[] => [
      {
        id: 'name',
        header: t('queues.name'),
        wide: true,
        sort: (row) => row.queue.friendly_name,
        cell: (row) => (
          <Link to={`/history?period=today&queue=${row.queue.sid}`} className={classes['name']}>
            {row.queue.friendly_name}
          </Link>
        ),
      },
      {
        id: 'waiting',
        header: t('queues.waiting'),
        numeric: true,
        sort: (row) => row.now?.waiting ?? 0,
        cell: (row) => <Waiting row={row} />,
      },
      {
        id: 'longest',
        header: t('queues.longest'),
        numeric: true,
        sort: (row) => -Date.parse(row.now?.longest_waiting_since ?? '2100-01-01'),
        cell: (row) => (row.now?.longest_waiting_since ? <Elapsed since={row.now.longest_waiting_since} /> : '–'),
      },
      {
        id: 'sl_now',
        header: t('queues.sl_now'),
        numeric: true,
        sort: (row) => row.now?.service_level_now ?? 101,
        cell: (row) => <Level value={row.now?.service_level_now ?? null} language={language} />,
      },
      {
        id: 'sl_today',
        header: t('queues.sl_today'),
        numeric: true,
        sort: (row) => row.now?.today.service_level ?? 101,
        cell: (row) => <Level value={row.now?.today.service_level ?? null} language={language} />,
      },
      {
        id: 'staffed',
        header: t('queues.staffed'),
        numeric: true,
        sort: (row) => row.now?.staffed_workers ?? 0,
        cell: (row) =>
          row.now ? (
            <span data-tone={row.now.staffed_workers === 0 ? 'bad' : undefined} className={classes['level']}>
              {countOf(row.now.staffed_workers, language)}
              <small> / {countOf(row.now.eligible_workers, language)}</small>
            </span>
          ) : (
            '–'
          ),
      },
      {
        id: 'idle',
        header: t('queues.idle'),
        numeric: true,
        sort: (row) => row.now?.idle_workers ?? 0,
        cell: (row) => (row.now ? countOf(row.now.idle_workers, language) : '–'),
      },
      {
        id: 'why',
        header: '',
        label: t('why.ask'),
        numeric: true,
        cell: (row) => (
          <Tooltip label={t('why.ask')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`${t('why.ask')} ${row.queue.friendly_name}`}
              onClick={() => ask({ queue: row.queue.sid })}
            >
              <IconWhy size={17} />
            </ActionIcon>
          </Tooltip>
        ),
      },
    ],
    [t, language, ask],
  );
  return (
    <Panel title={t('queues.title')} flush>
      {rows.length === 0 ? (
        <Empty icon={IconRoute} title={t('queues.none')} small>
          {t('queues.none_about')}
        </Empty>
      ) : (
        <DataTable
          rows={rows}
          columns={columns}
          keyOf={(row) => row.queue.sid}
          caption={t('queues.title')}
          toneOf={(row) => ((row.now?.late ?? 0) > 0 ? 'late' : undefined)}
        />
      )}
    </Panel>
  );
}

function Waiting({ row }: { readonly row: QueueRow }) {
  const { t, i18n } = useTranslation();
  if (!row.now) return '–';
  return (
    <span
      className={classes['waiting']}
      data-some={row.now.waiting > 0 || undefined}
      title={row.now.late > 0 ? t('numbers.late', { count: row.now.late }) : undefined}
    >
      {countOf(row.now.waiting, i18n.language)}
    </span>
  );
}

function Level({ value, language }: { readonly value: number | null; readonly language: string }) {
  return (
    <span className={classes['level']} data-tone={toneOfServiceLevel(value)}>
      {percentOf(value, language)}
    </span>
  );
}
