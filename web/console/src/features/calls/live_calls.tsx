// Calls that go on: who, with whom, since when; and the way in.
import type { CallRow } from '@carillon/state';
import { isVisitor, selectCalls } from '@carillon/state';
import type { Column } from '@carillon/ui';
import { DataTable, Elapsed, Panel, StateMark } from '@carillon/ui';
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../desk/hooks';
import { kModes, useMonitor, useMonitored } from './monitoring';
import classes from './monitoring.module.css';

export default function LiveCalls() {
  const { t } = useTranslation();
  const rows = useLive(selectCalls);
  const columns = useMemo(
    (): Column<CallRow>[] => [
      {
        id: 'customer',
        header: t('live_calls.customer'),
        sort: (row) => row.customerName,
        cell: (row) => <Customer row={row} />,
      },
      {
        id: 'state',
        header: t('agents.state'),
        sort: (row) => row.call.status,
        cell: (row) => <State row={row} />,
      },
      {
        id: 'since',
        header: t('agents.since'),
        numeric: true,
        sort: (row) => -Date.parse(row.since),
        cell: (row) => <Elapsed since={row.since} />,
      },
      {
        id: 'keys',
        header: '',
        label: t('monitoring.label'),
        numeric: true,
        keys: true,
        cell: (row) => <Keys row={row} />,
      },
    ],
    [t],
  );
  // Without calls there is nothing to be taught here: centers without telephones look at this page too.
  if (rows.length === 0) return null;
  return (
    <Panel title={t('live_calls.title')} flush>
      <DataTable
        rows={rows}
        columns={columns}
        keyOf={(row) => row.call.sid}
        caption={t('live_calls.title')}
        toneOf={(row) => (row.help ? 'late' : undefined)}
      />
    </Panel>
  );
}

function Customer({ row: { call, customerName } }: { readonly row: CallRow }) {
  const { t } = useTranslation();
  const from = call.from === 'anonymous' ? t('call.anonymous') : isVisitor(call.from) ? t('call.from_page') : call.from;
  return (
    <span className={classes['who']}>
      <bdi>{customerName || from}</bdi>
      {customerName !== '' && customerName !== from && (
        <small>
          <bdi dir={isVisitor(call.from) ? undefined : 'ltr'}>{from}</bdi>
        </small>
      )}
    </span>
  );
}

function State({ row: { call, customer, agents, help } }: { readonly row: CallRow }) {
  const { t } = useTranslation();
  if (help) return <StateMark mark="bad" label={t('help.asks', { name: help.name })} />;
  if (call.status === 'queued') return <StateMark mark="ringing" label={t('live_calls.waits')} />;
  return <StateMark mark={customer.on_hold ? 'away' : 'talking'} label={agents.join(', ') || t('call.reconnecting')} />;
}

function Keys({ row: { call, customerName } }: { readonly row: CallRow }) {
  const { t } = useTranslation();
  const { busy, monitor } = useMonitor();
  const monitored = useMonitored();
  const mine = monitored?.call.sid === call.sid ? monitored.leg.monitoring : null;
  const name = customerName || call.from;
  return (
    <span className={classes['keys']}>
      {kModes.map((mode) => (
        <Button
          key={mode}
          size="compact-xs"
          variant={mine === mode ? 'filled' : 'default'}
          aria-pressed={mine === mode}
          aria-label={`${t(`monitoring.${mode}`)}: ${name}`}
          loading={busy}
          onClick={() => monitor(call.sid, mine === mode ? 'off' : mode)}
        >
          {t(`monitoring.${mode}`)}
        </Button>
      ))}
    </span>
  );
}
