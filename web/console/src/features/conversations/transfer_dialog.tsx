// Transfer: to a queue, with what the customer would wait there, or to a colleague, with what they are doing now.
import { transferToNumber, transferToQueue, transferToWorker } from '@carillon/actions';
import type { Answer } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import type { WorkItem } from '@carillon/state';
import { callOfTask } from '@carillon/state';
import { Empty, IconSearch, Person, ProblemNote, StateMark, measureOf } from '@carillon/ui';
import { Button, Modal, Skeleton, Tabs, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DirectorySearch, Outside, addressIn } from '../../desk/directory';
import { useAct, useBusy, useLive, usePages, useRead } from '../../desk/hooks';
import classes from './transfer_dialog.module.css';

interface TransferDialogProps {
  readonly item: WorkItem;
  readonly close: () => void;
}

export function TransferDialog({ item, close }: TransferDialogProps) {
  const { t } = useTranslation();
  const [busy, run] = useBusy();
  const act = useAct();
  const hand = (work: () => Promise<Answer<unknown>>) =>
    void run(async () => {
      if ((await work()).ok) close();
    });
  const name = item.customerName || t('work.unknown_customer');
  const onTheLine = useLive((live) => callOfTask(live, item.task.sid) !== null);
  return (
    <Modal opened onClose={close} title={t('transfer.title', { name })} size="lg">
      <Tabs defaultValue="queue" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="queue">{t('transfer.to_queue')}</Tabs.Tab>
          <Tabs.Tab value="worker">{t('transfer.to_worker')}</Tabs.Tab>
          {onTheLine && <Tabs.Tab value="number">{t('transfer.to_number')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="queue" pt="sm">
          <p className={classes['about']}>{t('transfer.queue_about')}</p>
          <Queues
            without={item.task.task_queue_sid}
            busy={busy}
            onPick={(queue) => hand(() => act(transferToQueue, { task: item.task.sid, queue }))}
          />
        </Tabs.Panel>
        <Tabs.Panel value="worker" pt="sm">
          <p className={classes['about']}>{t('transfer.worker_about')}</p>
          <Workers
            busy={busy}
            onPick={(worker) => hand(() => act(transferToWorker, { task: item.task.sid, worker }))}
          />
        </Tabs.Panel>
        {onTheLine && (
          <Tabs.Panel value="number" pt="sm">
            <p className={classes['about']}>{t('transfer.number_about')}</p>
            <OutsideNumber
              busy={busy}
              onPick={(to) => hand(() => act(transferToNumber, { task: item.task.sid, to }))}
            />
          </Tabs.Panel>
        )}
      </Tabs>
    </Modal>
  );
}

function OutsideNumber({ busy, onPick }: { readonly busy: boolean; readonly onPick: (to: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const address = addressIn(typed);
  const choice = { label: t('transfer.do'), name: (who: string) => t('transfer.pick', { name: who }), pick: onPick };
  return (
    <>
      <DirectorySearch
        label={t('phone_numbers.address')}
        value={typed}
        onChange={setTyped}
        onEnter={() => address !== null && !busy && onPick(address)}
      />
      <Outside typed={typed} busy={busy} choice={choice} />
    </>
  );
}

interface QueuesProps {
  readonly without: string | null;
  readonly busy: boolean;
  readonly onPick: (sid: string) => void;
}

function Queues({ without, busy, onPick }: QueuesProps) {
  const { t } = useTranslation();
  const queues = useLive((live) => live.taskQueues);
  const [typed, setTyped] = useState('');
  const all = Object.values(queues);
  const shown = all
    .filter((q) => q.friendly_name.toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase()))
    .sort((a, b) => a.friendly_name.localeCompare(b.friendly_name));
  return (
    <>
      {all.length > 7 && <Search value={typed} onChange={setTyped} />}
      <ul className={classes['list']}>
        {shown.map((queue) => (
          <li key={queue.sid} className={classes['row']}>
            <span className={classes['text']}>
              <span className={classes['name']}>
                {queue.friendly_name}
                {queue.sid === without && <em> {t('transfer.present_queue')}</em>}
              </span>
              <Staffing sid={queue.sid} />
            </span>
            <Button
              size="compact-sm"
              variant="light"
              disabled={busy}
              onClick={() => onPick(queue.sid)}
              aria-label={t('transfer.pick', { name: queue.friendly_name })}
            >
              {t('transfer.do')}
            </Button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <Empty title={t('transfer.no_match')} small />}
    </>
  );
}

// What would await the customer there, asked while the dialog is open.
function Staffing({ sid }: { readonly sid: string }) {
  const { t, i18n } = useTranslation();
  const { value, problem } = useRead('/task-queues/{sid}/real-time-statistics', { path: { sid }, everyMs: 5000 });
  if (problem) return <span className={classes['facts']}>{t('transfer.unknown')}</span>;
  if (!value) return <Skeleton height={12} width="60%" mt={4} />;
  const { now } = value;
  const wait = now.estimated_wait;
  return (
    <span className={classes['facts']} data-tone={now.staffed_workers === 0 ? 'bad' : undefined}>
      {now.staffed_workers === 0
        ? t('transfer.nobody')
        : t('transfer.staffed', { count: now.staffed_workers, idle: now.idle_workers })}
      {' · '}
      {t('transfer.waiting', { count: now.waiting })}
      {wait &&
        ` · ${
          wait.high_s === 0
            ? t('transfer.no_wait')
            : t('transfer.expected', {
                from: roughly(wait.low_s, i18n.language),
                to: roughly(wait.high_s, i18n.language),
              })
        }`}
    </span>
  );
}

// An estimate said to the second would promise too much.
function roughly(seconds: number, language: string): string {
  return measureOf(Math.round(seconds / 5) * 5, language);
}

function Search({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <TextInput
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      placeholder={t('transfer.search')}
      aria-label={t('transfer.search')}
      leftSection={<IconSearch size={15} />}
      mb="xs"
      data-autofocus
    />
  );
}

interface WorkersProps {
  readonly busy: boolean;
  readonly onPick: (sid: string) => void;
}

function Workers({ busy, onPick }: WorkersProps) {
  const { t } = useTranslation();
  const me = useLive((live) => live.workerSid);
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const pages = usePages('/workers', { query: q ? { q } : {}, everyMs: 5000 });
  const workers = pages.items
    .filter((w) => w.sid !== me)
    .toSorted(
      (a, b) =>
        Number(b.available) - Number(a.available) ||
        Number(b.connected) - Number(a.connected) ||
        a.friendly_name.localeCompare(b.friendly_name),
    );
  return (
    <>
      <Search value={typed} onChange={setTyped} />
      {pages.problem && <ProblemNote problem={pages.problem} retry={pages.again} />}
      {pages.loading && <Skeleton height={44} mb={6} />}
      <ul className={classes['list']}>
        {workers.map((worker) => (
          <li key={worker.sid} className={classes['row']}>
            <Person name={worker.friendly_name} size={32} />
            <span className={classes['text']}>
              <span className={classes['name']}>{worker.friendly_name}</span>
              <Doing worker={worker} />
            </span>
            <Button
              size="compact-sm"
              variant="light"
              disabled={busy || !worker.available}
              onClick={() => onPick(worker.sid)}
              aria-label={t('transfer.pick', { name: worker.friendly_name })}
            >
              {t('transfer.do')}
            </Button>
          </li>
        ))}
      </ul>
      {!pages.loading && !pages.problem && workers.length === 0 && <Empty title={t('transfer.no_match')} small />}
    </>
  );
}

function Doing({ worker }: { readonly worker: Schemas['Worker'] }) {
  const { t } = useTranslation();
  const chat = worker.channels.find((c) => c.task_channel_unique_name === 'chat');
  const mark = worker.available ? 'idle' : worker.activity_class === 'system' ? 'offline' : 'away';
  return (
    <span className={classes['facts']}>
      <StateMark mark={mark} label={worker.activity_name} />
      {worker.available && chat && ` · ${t('transfer.room', { count: chat.available_capacity })}`}
    </span>
  );
}
