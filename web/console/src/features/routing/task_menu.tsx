// What a supervisor may do with a task, waiting or in hand.
import { cancelTask, completeTask, moveTask, reevaluateTask } from '@carillon/actions';
import type { Action } from '@carillon/actions';
import type { Task } from '@carillon/state';
import { IconCheck, IconMore, IconMove, IconRefresh, IconTrash } from '@carillon/ui';
import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useBusy, useLive } from '../../desk/hooks';

interface TaskMenuProps {
  readonly task: Task;
  readonly name: string;
}

export function TaskMenu({ task, name }: TaskMenuProps) {
  const { t } = useTranslation();
  const act = useAct();
  const live = useLive((state) => state.taskQueues);
  const [sure, setSure] = useState<'cancel' | 'complete' | null>(null);
  const waits = task.status === 'pending' || task.status === 'reserved';
  const queues = Object.values(live).filter((q) => q.sid !== task.task_queue_sid);
  const movable = task.status !== 'wrapping' && queues.length > 0;
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('task.menu', { name })}>
            <IconMore size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {movable && <Menu.Label>{t('task.move_to')}</Menu.Label>}
          {movable &&
            queues.map((queue) => (
              <Menu.Item
                key={queue.sid}
                leftSection={<IconMove size={15} />}
                onClick={() => void act(moveTask, { task: task.sid, queue: queue.sid })}
              >
                {queue.friendly_name}
              </Menu.Item>
            ))}
          {movable && <Menu.Divider />}
          {waits && (
            <Menu.Item
              leftSection={<IconRefresh size={15} />}
              onClick={() => void act(reevaluateTask, { task: task.sid })}
            >
              {t(reevaluateTask.label)}
            </Menu.Item>
          )}
          {!waits && (
            <Menu.Item leftSection={<IconCheck size={15} />} onClick={() => setSure('complete')}>
              {t('task.complete')}
            </Menu.Item>
          )}
          <Menu.Item color="coral" leftSection={<IconTrash size={15} />} onClick={() => setSure('cancel')}>
            {t(cancelTask.label)}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {sure === 'cancel' && (
        <Sure
          title={t('task.cancel_sure', { name })}
          text={t('task.cancel_about')}
          label={t(cancelTask.label)}
          color="coral"
          action={cancelTask}
          args={{ task: task.sid }}
          close={() => setSure(null)}
        />
      )}
      {sure === 'complete' && (
        <Sure
          title={t('task.complete_sure', { name })}
          text={t('task.complete_about')}
          label={t('task.complete')}
          action={completeTask}
          args={{ task: task.sid, disposition: task.disposition_sid }}
          close={() => setSure(null)}
        />
      )}
    </>
  );
}

interface SureProps<A> {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly color?: string;
  readonly action: Action<A>;
  readonly args: A;
  readonly close: () => void;
}

// What cannot be taken back is asked about, with what it means for the customer.
function Sure<A>({ title, text, label, color, action, args, close }: SureProps<A>) {
  const { t } = useTranslation();
  const act = useAct();
  const [busy, run] = useBusy();
  return (
    <Modal opened onClose={close} title={title}>
      <Text size="sm">{text}</Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={close} data-autofocus>
          {t('form.keep')}
        </Button>
        <Button
          {...(color ? { color } : {})}
          loading={busy}
          onClick={() =>
            void run(async () => {
              await act(action, args);
              close();
            })
          }
        >
          {label}
        </Button>
      </Group>
    </Modal>
  );
}
