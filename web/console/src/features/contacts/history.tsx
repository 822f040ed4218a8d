// History: contacts, newest first, and the filters to find the one.
import type { Schemas } from '@carillon/contract';
import type { Column } from '@carillon/ui';
import {
  DataTable,
  Empty,
  IconHistory,
  IconSearch,
  Panel,
  ProblemNote,
  StateMark,
  When,
  measureOf,
} from '@carillon/ui';
import type { StateMarkName as Mark } from '@carillon/ui';
import { Button, MultiSelect, Select, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearch } from 'wouter';
import { useLive, usePages, useRead } from '../../desk/hooks';
import type { Filters } from './filters';
import { filtersFrom, isFiltered, kBuckets, kPeriods, queryOf, searchOf } from './filters';
import classes from './history.module.css';

type Summary = Schemas['ContactSummary'];

export function markOfBucket(bucket: Schemas['Bucket'] | null): Mark {
  if (bucket === 'answered') return 'idle';
  if (bucket === null) return 'talking';
  return ['abandoned', 'timed_out', 'failed_by_us', 'full'].includes(bucket) ? 'bad' : 'away';
}

export default function History() {
  const { t, i18n } = useTranslation();
  const search = useSearch();
  const [, go] = useLocation();
  const filters = useMemo(() => filtersFrom(search), [search]);
  const change = (part: Partial<Filters>) => go(`/history?${searchOf({ ...filters, ...part })}`, { replace: true });
  const query = useMemo(() => queryOf(filters, Date.now()), [filters]);
  const pages = usePages('/contacts', { query, pageSize: 50 });
  useEffect(() => {
    document.title = `${t('nav.history')} · Carillon`;
  }, [t]);
  const language = i18n.language;
  const columns = useMemo((): Column<Summary>[] => columnsOf(t, language), [t, language]);
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('nav.history')}</h1>
      <FilterBar filters={filters} change={change} />
      <Panel flush label={t('history.list')}>
        {pages.problem && (
          <div className={classes['pad']}>
            <ProblemNote problem={pages.problem} retry={pages.again} />
          </div>
        )}
        {pages.loading && <Loading />}
        {!pages.loading && !pages.problem && pages.items.length === 0 && (
          <Empty
            icon={IconHistory}
            title={t(isFiltered(filters) ? 'history.no_match' : 'history.none')}
            action={
              isFiltered(filters) ? (
                <Button variant="light" size="compact-sm" onClick={() => go(`/history?period=${filters.period}`)}>
                  {t('history.clear')}
                </Button>
              ) : undefined
            }
          >
            {t(isFiltered(filters) ? 'history.no_match_about' : 'history.none_about')}
          </Empty>
        )}
        {pages.items.length > 0 && (
          <DataTable
            rows={pages.items}
            columns={columns}
            keyOf={(s) => s.contact.sid}
            caption={t('history.list')}
            onRow={(s) => go(`/history/${s.contact.sid}`)}
          />
        )}
        {pages.more && (
          <Button variant="subtle" fullWidth radius={0} loading={pages.loadingMore} onClick={pages.more}>
            {t('list.more')}
          </Button>
        )}
      </Panel>
    </div>
  );
}

function Loading() {
  return (
    <div className={classes['pad']}>
      {[0, 1, 2, 3, 4].map((i) => (
        <Skeleton key={i} height={18} my={14} />
      ))}
    </div>
  );
}

function columnsOf(t: ReturnType<typeof useTranslation>['t'], language: string): Column<Summary>[] {
  return [
    {
      id: 'when',
      header: t('history.when'),
      cell: (s) => <When at={s.contact.created_at} className={classes['when'] ?? ''} />,
    },
    {
      id: 'customer',
      header: t('history.customer'),
      wide: true,
      cell: (s) => (
        <Link
          to={`/history/${s.contact.sid}`}
          className={classes['customer']}
          onClick={(event) => event.stopPropagation()}
        >
          <bdi>{s.customer_display_name || t('work.unknown_customer')}</bdi>
        </Link>
      ),
    },
    { id: 'queue', header: t('history.queue'), spare: true, cell: (s) => s.task_queue_friendly_name ?? '–' },
    { id: 'agent', header: t('history.agent'), spare: true, cell: (s) => s.worker_friendly_name ?? '–' },
    {
      id: 'result',
      header: t('history.result'),
      cell: (s) => <StateMark mark={markOfBucket(s.bucket)} label={t(`bucket.${s.bucket ?? 'open'}`)} />,
    },
    { id: 'disposition', header: t('history.disposition'), spare: true, cell: (s) => s.disposition_name ?? '–' },
    {
      id: 'wait',
      header: t('history.wait'),
      numeric: true,
      cell: (s) => (
        <span className={classes['wait']} data-late={s.within_service_level === false || undefined}>
          {measureOf(s.wait_s, language)}
        </span>
      ),
    },
    {
      id: 'talk',
      header: t('history.talk'),
      numeric: true,
      spare: true,
      cell: (s) => (s.talk_s > 0 ? measureOf(s.talk_s, language) : '–'),
    },
  ];
}

interface FilterBarProps {
  readonly filters: Filters;
  readonly change: (part: Partial<Filters>) => void;
}

function FilterBar({ filters, change }: FilterBarProps) {
  const { t } = useTranslation();
  const queues = useLive((live) => live.taskQueues);
  const workers = useRead('/workers', { query: { page_size: 200 } }).value?.items ?? [];
  const dispositions = useRead('/dispositions', { query: { page_size: 200 } }).value?.items ?? [];
  const [q, setQ] = useState(filters.q);
  const search = useDebouncedCallback((value: string) => change({ q: value.trim() }), 300);
  const names = (items: readonly { readonly sid: string; readonly friendly_name: string }[]) =>
    items.map((i) => ({ value: i.sid, label: i.friendly_name }));
  return (
    <search className={classes['filters']}>
      <TextInput
        value={q}
        onChange={(event) => {
          setQ(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
        placeholder={t('history.search')}
        aria-label={t('history.search')}
        leftSection={<IconSearch size={15} />}
        className={classes['search'] ?? ''}
      />
      <Select
        aria-label={t('history.period')}
        data={kPeriods.map((p) => ({ value: p, label: t(`period.${p}`) }))}
        value={filters.period}
        onChange={(value) => value && change({ period: value as Filters['period'] })}
        allowDeselect={false}
        w={130}
      />
      <Select
        aria-label={t('history.queue')}
        placeholder={t('history.queue')}
        data={names(Object.values(queues))}
        value={filters.queue}
        onChange={(value) => change({ queue: value })}
        clearable
        searchable
        w={150}
      />
      <Select
        aria-label={t('history.agent')}
        placeholder={t('history.agent')}
        data={names(workers)}
        value={filters.agent}
        onChange={(value) => change({ agent: value })}
        clearable
        searchable
        w={140}
      />
      <MultiSelect
        aria-label={t('history.result')}
        placeholder={filters.buckets.length === 0 ? t('history.result') : ''}
        data={kBuckets.map((b) => ({ value: b, label: t(`bucket.${b}`) }))}
        value={[...filters.buckets]}
        onChange={(value) => change({ buckets: value as Schemas['Bucket'][] })}
        clearable
        className={classes['result'] ?? ''}
      />
      <Select
        aria-label={t('history.disposition')}
        placeholder={t('history.disposition')}
        data={names(dispositions)}
        value={filters.disposition}
        onChange={(value) => change({ disposition: value })}
        clearable
        w={140}
      />
      <Select
        aria-label={t('history.service_level')}
        placeholder={t('history.service_level')}
        data={[
          { value: 'true', label: t('history.within') },
          { value: 'false', label: t('history.missed') },
        ]}
        value={filters.sl === null ? null : String(filters.sl)}
        onChange={(value) => change({ sl: value === null ? null : value === 'true' })}
        clearable
        w={150}
      />
    </search>
  );
}
