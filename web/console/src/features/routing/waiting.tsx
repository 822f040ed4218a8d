// Who waits, in the order they will be offered; each can be asked about, moved, canceled.
import type { WaitingTask } from '@carillon/state';
import { selectWaiting } from '@carillon/state';
import { Elapsed, Empty, IconCheck, Panel, Person } from '@carillon/ui';
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../desk/hooks';
import { TaskMenu } from './task_menu';
import { useWhy } from './why_dialog';
import classes from './waiting.module.css';

const kShownFirst = 12;

export function Waiting() {
  const { t } = useTranslation();
  const all = useLive(selectWaiting);
  const queues = useLive((live) => live.taskQueues);
  const [queue, setQueue] = useState<string | null>(null);
  const [whole, setWhole] = useState(false);
  const fitting = queue === null ? all : all.filter((w) => w.task.task_queue_sid === queue);
  const shown = whole ? fitting : fitting.slice(0, kShownFirst);
  const several = Object.keys(queues).length > 1;
  return (
    <Panel
      title={
        <>
          {t('waiting.title')} {all.length > 0 && <span className={classes['count']}>{all.length}</span>}
        </>
      }
      aside={
        several && (
          <Select
            aria-label={t('waiting.in_queue')}
            placeholder={t('waiting.all_queues')}
            data={Object.values(queues).map((q) => ({ value: q.sid, label: q.friendly_name }))}
            value={queue}
            onChange={setQueue}
            clearable
            size="xs"
            w={170}
          />
        )
      }
      flush
    >
      {shown.length === 0 && (
        <Empty icon={IconCheck} title={t('waiting.none')} small>
          {t('waiting.none_about')}
        </Empty>
      )}
      <ul className={classes['list']}>
        {shown.map((waiting) => (
          <Row key={waiting.task.sid} waiting={waiting} />
        ))}
      </ul>
      {fitting.length > shown.length && (
        <Button variant="subtle" fullWidth radius={0} onClick={() => setWhole(true)}>
          {t('waiting.more', { count: fitting.length - shown.length })}
        </Button>
      )}
    </Panel>
  );
}

function Row({ waiting }: { readonly waiting: WaitingTask }) {
  const { t } = useTranslation();
  const ask = useWhy();
  const { task } = waiting;
  const name = waiting.customerName || t('work.unknown_customer');
  return (
    <li className={classes['row']}>
      <Person name={name} size={30} />
      <span className={classes['text']}>
        <span className={classes['name']}>
          <bdi>{name}</bdi>
          {task.priority > 0 && (
            <span className={classes['priority']}>{t('waiting.priority', { priority: task.priority })}</span>
          )}
        </span>
        <span className={classes['about']}>
          {task.task_queue_friendly_name ?? t('work.direct')}
          {waiting.offeredTo.length > 0 && (
            <span className={classes['rings']}> · {t('waiting.rings_at', { who: waiting.offeredTo.join(', ') })}</span>
          )}
        </span>
      </span>
      <Elapsed since={task.virtual_start_time} className={classes['since']} />
      <Button
        variant="subtle"
        size="compact-xs"
        onClick={() => ask({ task: task.sid })}
        aria-label={`${t('why.short')} ${name}`}
      >
        {t('why.short')}
      </Button>
      <TaskMenu task={task} name={name} />
    </li>
  );
}
