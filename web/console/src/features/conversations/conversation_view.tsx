// A conversation: who and since when, what was said, and what may be said or done next.
import { endTalk } from '@carillon/actions';
import type { WorkItem } from '@carillon/state';
import { callOfTask } from '@carillon/state';
import { Elapsed, IconBack, IconCustomer, IconEnd, IconTransfer, Keys } from '@carillon/ui';
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../desk/action_button';
import { useCommands } from '../../desk/commands';
import { useLive } from '../../desk/hooks';
import { Slot } from '../../desk/slots';
import { mayTransfer } from '@carillon/actions';
import { Composer } from './composer';
import { Timeline } from './timeline';
import { TransferDialog } from './transfer_dialog';
import { WrapUp } from './wrap_up';
import classes from './conversation_view.module.css';

interface ConversationViewProps {
  readonly item: WorkItem;
  readonly back: (() => void) | null;
  readonly showCustomer: (() => void) | null;
}

export function ConversationView({ item, back, showCustomer }: ConversationViewProps) {
  const { t } = useTranslation();
  const [transferring, transfer] = useDisclosure(false);
  const may = useLive((live) => mayTransfer(live, item.task.sid));
  // Who is on the line is hung up on, beside the other keys of a telephone.
  const onTheLine = useLive((live) => callOfTask(live, item.task.sid) !== null);
  const name = item.customerName || t('work.unknown_customer');
  useCommands(
    may ? [{ name: 'transfer', label: t('transfer.open'), section: 'work', keys: 'Alt+T', run: transfer.open }] : [],
  );
  return (
    <div className={classes['view']}>
      <header className={classes['head']}>
        {back && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('work.back')}
            onClick={back}
            className={classes['back']}
          >
            <IconBack size={18} />
          </ActionIcon>
        )}
        <div className={classes['who']}>
          <h1 className={classes['name']} dir="auto">
            {name}
          </h1>
          <p className={classes['about']}>
            {item.task.task_queue_friendly_name ?? t('work.direct')}
            <span aria-hidden> · </span>
            <Elapsed since={item.reservation.accepted_at ?? item.reservation.created_at} />
            {item.customerGone && item.state === 'talking' && (
              <span className={classes['gone']}> · {t('work.customer_away')}</span>
            )}
          </p>
        </div>
        <div className={classes['buttons']}>
          {showCustomer && (
            <ActionIcon variant="default" size={34} aria-label={t('work.customer')} onClick={showCustomer}>
              <IconCustomer size={18} />
            </ActionIcon>
          )}
          {item.state === 'talking' && (
            <>
              <Tooltip label={<Keys keys="Alt+T" />}>
                <Button
                  variant="default"
                  leftSection={<IconTransfer size={15} />}
                  onClick={transfer.open}
                  disabled={!may}
                  className={classes['button']}
                >
                  {t('transfer.open')}
                </Button>
              </Tooltip>
              {!onTheLine && (
                <ActionButton
                  action={endTalk}
                  args={{ task: item.task.sid }}
                  variant="default"
                  leftSection={<IconEnd size={15} />}
                  className={classes['button'] ?? ''}
                />
              )}
            </>
          )}
        </div>
      </header>
      <div className={classes['call']}>
        <Slot of="call" item={item} />
      </div>
      {item.handingTo && (
        <p className={classes['handing']} role="status">
          {t('transfer.waiting_for_answer')}
        </p>
      )}
      <Timeline item={item} />
      {item.state === 'wrapping' ? <WrapUp item={item} /> : <Composer item={item} />}
      {transferring && <TransferDialog item={item} close={transfer.close} />}
    </div>
  );
}
