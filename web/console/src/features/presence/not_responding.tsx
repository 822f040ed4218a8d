// "You missed a chat": no more of that kind comes until the worker says they are here. One click, or one key.
import { returnToWork } from '@carillon/actions';
import { Elapsed, IconBellOff } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../desk/action_button';
import { useLive } from '../../desk/hooks';
import classes from './not_responding.module.css';

export default function NotResponding() {
  const { t } = useTranslation();
  const worker = useLive((live) => (live.workerSid ? live.workers[live.workerSid] : undefined));
  const channels = useLive((live) => live.taskChannels);
  const missed = worker?.channels.filter((c) => c.not_responding_since !== null) ?? [];
  const since = missed.map((c) => c.not_responding_since ?? '').sort()[0];
  if (!worker || since === undefined) return null;
  const what = missed.map((c) => channels[c.task_channel_sid]?.friendly_name ?? c.task_channel_unique_name).join(', ');
  return (
    <div className={classes['banner']} role="alert">
      <IconBellOff size={18} aria-hidden />
      <p className={classes['text']}>
        <strong>{t('presence.missed', { what })}</strong> {t('presence.missed_about')}
      </p>
      <Elapsed since={since} className={classes['since']} />
      <ActionButton action={returnToWork} args={{ worker: worker.sid }} variant="white" size="compact-sm" />
    </div>
  );
}
