// What one person said in one breath; notes among workers look like notes, so that nobody mistakes them for words to a customer.
import type { Message, Outgoing } from '@carillon/state';
import { IconClock, IconFile, IconLock, When, useProblemWords } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { useCenter, useTell } from '../../desk/hooks';
import classes from './message_group.module.css';

interface MessageGroupProps {
  readonly messages: readonly Message[];
  readonly readByCustomer: number;
}

export function MessageGroup({ messages, readByCustomer }: MessageGroupProps) {
  const { t } = useTranslation();
  const first = messages[0];
  const last = messages.at(-1);
  if (!first || !last) return null;
  if (first.author.type === 'system') {
    return (
      <p className={classes['system']}>
        <span dir="auto">{first.text}</span> <When at={first.at} />
      </p>
    );
  }
  const side = first.internal ? 'note' : first.author.type === 'customer' ? 'theirs' : 'mine';
  return (
    <div className={classes['group']} data-side={side}>
      {messages.map((message) => (
        <div key={message.sid} className={classes['bubble']}>
          {message.text && (
            <p className={classes['text']} dir="auto">
              {linked(message.text)}
            </p>
          )}
          {message.attachments.map((file) => (
            <Attachment key={file.file_sid} sid={file.file_sid} name={file.name} size={file.size} />
          ))}
        </div>
      ))}
      <p className={classes['foot']}>
        {side === 'note' && (
          <>
            <IconLock size={11} aria-hidden /> {t('timeline.note')}
            {' · '}
          </>
        )}
        {side !== 'theirs' && `${first.author.display_name} · `}
        <When at={last.at} />
        {side === 'mine' && <Delivery message={last} readByCustomer={readByCustomer} />}
      </p>
    </div>
  );
}

function Delivery({ message, readByCustomer }: { readonly message: Message; readonly readByCustomer: number }) {
  const { t } = useTranslation();
  if (message.status === 'failed' || message.status === 'unknown') {
    return <strong className={classes['failed']}> · {t(`delivery.${message.status}`)}</strong>;
  }
  return message.index <= readByCustomer ? <> · {t('delivery.read')}</> : null;
}

// Addresses become links; nothing else does. What a customer writes is text, never markup.
export function linked(text: string): React.ReactNode[] {
  return text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g).map((piece, i) =>
    i % 2 === 1 ? (
      <a key={i} href={piece} target="_blank" rel="noopener noreferrer nofollow">
        {piece}
      </a>
    ) : (
      piece
    ),
  );
}

function Attachment({ sid, name, size }: { readonly sid: string; readonly name: string; readonly size: number }) {
  const { rest } = useCenter();
  const tell = useTell();
  const { i18n } = useTranslation();
  const fetchIt = async () => {
    const answer = await rest.download(sid);
    if (!answer.ok) return tell(answer.problem);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(answer.value);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <button type="button" className={classes['file']} onClick={() => void fetchIt()}>
      <IconFile size={14} aria-hidden />
      <span>{name}</span>
      <small>
        {new Intl.NumberFormat(i18n.language, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 }).format(
          Math.ceil(size / 1024),
        )}
      </small>
    </button>
  );
}

interface OnItsWayProps {
  readonly message: Outgoing;
  readonly again: () => void;
  readonly drop: () => void;
}

export function OnItsWay({ message, again, drop }: OnItsWayProps) {
  const { t } = useTranslation();
  const words = useProblemWords();
  const waits = message.state === 'sending' || message.problem?.code === 'network';
  return (
    <div
      className={classes['group']}
      data-side={message.internal ? 'note' : 'mine'}
      data-way={waits ? 'waits' : 'failed'}
    >
      <div className={classes['bubble']}>
        <p className={classes['text']} dir="auto">
          {linked(message.text)}
        </p>
      </div>
      <p className={classes['foot']}>
        {waits ? (
          <>
            <IconClock size={11} aria-hidden />{' '}
            {t(message.state === 'sending' ? 'delivery.sending' : 'delivery.waiting')}
          </>
        ) : (
          <>
            <strong className={classes['failed']}>
              {message.problem ? words(message.problem) : t('delivery.failed')}
            </strong>
            <button type="button" className={classes['act']} onClick={again}>
              {t('delivery.again')}
            </button>
            <button type="button" className={classes['act']} onClick={drop}>
              {t('delivery.drop')}
            </button>
          </>
        )}
      </p>
    </div>
  );
}
