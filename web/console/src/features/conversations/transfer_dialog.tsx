// Transfer: to a queue, with what the customer would wait there, or to a colleague, with what they are doing now.
import { transferToNumber, transferToQueue, transferToWorker } from '@carillon/actions';
import type { Answer } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import type { WorkItem } from '@carillon/state';
import { callOfTask } from '@carillon/state';
import { Empty, measureOf } from '@carillon/ui';
import { Modal, Skeleton, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Choice } from '../../desk/directory';
import { Colleagues, DirectorySearch, Outside, Pick, Row, Rows, addressIn } from '../../desk/directory';
import { useAct, useBusy, useLive, useRead } from '../../desk/hooks';
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

interface PlaceProps {
  readonly busy: boolean;
  readonly onPick: (to: string) => void;
}

function useChoice(onPick: (to: string) => void): Choice {
  const { t } = useTranslation();
  return { label: t('transfer.do'), name: (who) => t('transfer.pick', { name: who }), pick: onPick };
}

function OutsideNumber({ busy, onPick }: PlaceProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const address = addressIn(typed);
  const choice = useChoice(onPick);
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

function Queues({ without, busy, onPick }: PlaceProps & { readonly without: string | null }) {
  const { t } = useTranslation();
  const queues = useLive((live) => live.taskQueues);
  const [typed, setTyped] = useState('');
  const choice = useChoice(onPick);
  const all = Object.values(queues);
  const shown = all
    .filter((q) => q.friendly_name.toLocaleLowerCase().includes(typed.trim().toLocaleLowerCase()))
    .sort((a, b) => a.friendly_name.localeCompare(b.friendly_name));
  return (
    <>
      {all.length > 7 && <DirectorySearch label={t('transfer.search')} value={typed} onChange={setTyped} />}
      <Rows>
        {shown.map((queue) => (
          <QueueRow key={queue.sid} queue={queue} present={queue.sid === without}>
            <Pick of={queue.sid} name={queue.friendly_name} choice={choice} off={busy} />
          </QueueRow>
        ))}
      </Rows>
      {shown.length === 0 && <Empty title={t('transfer.no_match')} small />}
    </>
  );
}

interface QueueRowProps {
  readonly queue: Schemas['TaskQueue'];
  readonly present: boolean;
  readonly children: ReactNode;
}

// With what would await the customer there, asked while the dialog is open.
function QueueRow({ queue, present, children }: QueueRowProps) {
  const { t } = useTranslation();
  const { value, problem } = useRead('/task-queues/{sid}/real-time-statistics', {
    path: { sid: queue.sid },
    everyMs: 5000,
  });
  const title = (
    <>
      {queue.friendly_name}
      {present && <em> {t('transfer.present_queue')}</em>}
    </>
  );
  return (
    <Row
      title={title}
      facts={<Staffing value={value} failed={problem !== null} />}
      bad={value?.now.staffed_workers === 0}
    >
      {children}
    </Row>
  );
}

interface StaffingProps {
  readonly value: { readonly now: Schemas['TaskQueueNow'] } | undefined;
  readonly failed: boolean;
}

function Staffing({ value, failed }: StaffingProps) {
  const { t, i18n } = useTranslation();
  if (failed) return t('transfer.unknown');
  if (!value) return <Skeleton height={12} width="60%" mt={4} />;
  const { now } = value;
  const wait = now.estimated_wait;
  return (
    <>
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
    </>
  );
}

// An estimate said to the second would promise too much.
function roughly(seconds: number, language: string): string {
  return measureOf(Math.round(seconds / 5) * 5, language);
}

function Workers({ busy, onPick }: PlaceProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const choice = useChoice(onPick);
  return (
    <>
      <DirectorySearch label={t('transfer.search')} value={typed} onChange={setTyped} />
      <Colleagues typed={typed} busy={busy} choice={choice} more={(worker) => <Room worker={worker} />} />
    </>
  );
}

// For how many chats there is room.
function Room({ worker }: { readonly worker: Schemas['Worker'] }) {
  const { t } = useTranslation();
  const chat = worker.channels.find((c) => c.task_channel_unique_name === 'chat');
  return worker.available && chat ? ` · ${t('transfer.room', { count: chat.available_capacity })}` : null;
}
