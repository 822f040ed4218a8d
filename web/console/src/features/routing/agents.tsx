// Agents live: what everybody does, since when, on what; and a hand for the supervisor.
import type { AgentRow, AgentState } from '@carillon/state';
import { selectAgents } from '@carillon/state';
import type { Column, StateMarkName as Mark } from '@carillon/ui';
import { DataTable, Elapsed, Empty, IconPeople, Panel, Person, StateMark } from '@carillon/ui';
import { Chip, Tooltip } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../desk/hooks';
import { AgentMenu } from './agent_menu';
import { TaskMenu } from './task_menu';
import classes from './agents.module.css';

export const kMarks: Readonly<Record<AgentState, Mark>> = {
  talking: 'talking',
  ringing: 'ringing',
  wrapping: 'wrapping',
  idle: 'idle',
  not_responding: 'bad',
  lost: 'bad',
  away: 'away',
  offline: 'offline',
};
const kOrder = Object.keys(kMarks) as AgentState[];

export function Agents() {
  const { t } = useTranslation();
  const all = useLive(selectAgents);
  const [only, setOnly] = useState<AgentState | null>(null);
  const counts = useMemo(() => {
    const found = new Map<AgentState, number>();
    for (const row of all) found.set(row.state, (found.get(row.state) ?? 0) + 1);
    return found;
  }, [all]);
  const rows = useMemo(() => (only === null ? all : all.filter((row) => row.state === only)), [all, only]);
  const columns = useMemo(
    (): Column<AgentRow>[] => [
      {
        id: 'name',
        header: t('agents.name'),
        sort: (row) => row.worker.friendly_name,
        cell: (row) => (
          <span className={classes['agent']}>
            <Person name={row.worker.friendly_name} size={28} />
            <span className={classes['name']}>{row.worker.friendly_name}</span>
          </span>
        ),
      },
      {
        id: 'state',
        header: t('agents.state'),
        sort: (row) => kOrder.indexOf(row.state),
        cell: (row) => <State row={row} />,
      },
      {
        id: 'since',
        header: t('agents.since'),
        numeric: true,
        sort: (row) => -Date.parse(row.since),
        cell: (row) => (
          <Elapsed
            since={row.since}
            {...(row.worker.activity_overstayed ? { className: classes['over'] ?? '' } : {})}
          />
        ),
      },
      { id: 'on', header: t('agents.on'), spare: true, cell: (row) => <On row={row} /> },
      {
        id: 'load',
        header: t('agents.load'),
        sort: (row) => row.load,
        spare: true,
        cell: (row) => <Load row={row} />,
      },
      { id: 'menu', header: '', label: t('agents.actions'), numeric: true, cell: (row) => <AgentMenu row={row} /> },
    ],
    [t],
  );
  return (
    <Panel title={t('agents.title')} flush>
      <Chip.Group value={only} onChange={(value) => setOnly(value as AgentState | null)}>
        <div className={classes['chips']} role="group" aria-label={t('agents.filter')}>
          {kOrder
            .filter((state) => counts.has(state))
            .map((state) => (
              <Chip
                key={state}
                value={state}
                name="agent-state"
                size="xs"
                radius="xl"
                variant="outline"
                onClick={(event) => event.currentTarget.value === only && setOnly(null)}
              >
                {t(`agent_state.${state}`)} {counts.get(state)}
              </Chip>
            ))}
        </div>
      </Chip.Group>
      {all.length === 0 ? (
        <Empty icon={IconPeople} title={t('agents.none')} small>
          {t('agents.none_about')}
        </Empty>
      ) : (
        <DataTable
          rows={rows}
          columns={columns}
          keyOf={(row) => row.worker.sid}
          caption={t('agents.title')}
          sortedBy={{ id: 'state', desc: false }}
          toneOf={(row) => (row.state === 'offline' ? 'quiet' : undefined)}
        />
      )}
    </Panel>
  );
}

function State({ row }: { readonly row: AgentRow }) {
  const { t } = useTranslation();
  const { worker, state } = row;
  const label = state === 'away' ? worker.activity_name : t(`agent_state.${state}`);
  return (
    <span className={classes['state']}>
      <StateMark mark={kMarks[state]} label={label} />
      {worker.pending_activity && (
        <small>{t('presence.then', { activity: worker.pending_activity.activity_name })}</small>
      )}
      {worker.activity_overstayed && <small className={classes['over']}>{t('agents.overstayed')}</small>}
      {state !== 'not_responding' && row.notRespondingOn.length > 0 && (
        <small className={classes['over']}>{t('agent_state.not_responding')}</small>
      )}
    </span>
  );
}

function On({ row }: { readonly row: AgentRow }) {
  const { t } = useTranslation();
  if (row.on.length === 0) return <span className={classes['nothing']}>–</span>;
  return (
    <ul className={classes['on']}>
      {row.on.map(({ reservation, task, customerName }) => {
        const name = customerName || t('work.unknown_customer');
        return (
          <li key={reservation.sid} data-status={reservation.status}>
            <Tooltip
              label={`${t(`reservation.${reservation.status}`)} · ${task?.task_queue_friendly_name ?? t('work.direct')}`}
            >
              <span className={classes['one']} dir="auto" tabIndex={0}>
                {name}
              </span>
            </Tooltip>
            {task && reservation.status !== 'pending' && <TaskMenu task={task} name={name} />}
          </li>
        );
      })}
    </ul>
  );
}

function Load({ row }: { readonly row: AgentRow }) {
  const { t } = useTranslation();
  return (
    <span
      className={classes['load']}
      role="meter"
      aria-valuenow={row.load}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-label={t('agents.load_of', { name: row.worker.friendly_name })}
    >
      <span style={{ inlineSize: `${row.load}%` }} data-full={row.load >= 99 || undefined} />
    </span>
  );
}
