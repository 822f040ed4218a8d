// Timeline: everything that was said, one piece after another; earlier contacts folded in, one's own words on their way shown.
import { resendMessages, sendMessage } from '@carillon/actions';
import { markRead } from '@carillon/actions';
import { selectWork } from '@carillon/state';
import type { Message, Outgoing, WorkItem } from '@carillon/state';
import { ProblemNote, ServerClock, dateOf, dayOf, useNow } from '@carillon/ui';
import { Button, Loader } from '@mantine/core';
import { Fragment, useContext, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useCenter, useLive } from '../../desk/hooks';
import { MessageGroup, OnItsWay } from './message_group';
import { partsOf } from './parts';
import { readOlder } from './threads';
import classes from './timeline.module.css';

// Near enough the end to be carried along by what comes.
const kNearPx = 80;

export function Timeline({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  const { thread } = item;
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const count = (thread?.messages.length ?? 0) + (thread?.outgoing.length ?? 0);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    if (atEnd.current) box.scrollTop = box.scrollHeight;
    else setBelow(true);
  }, [count, thread?.typing]);
  // What opens below (wrap-up, a longer draft) takes room from the words; who stood at their end still does.
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  useRead(item);
  const toEnd = () => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior: 'smooth' });
  };
  return (
    <div className={classes['frame']}>
      <div
        className={classes['scroller']}
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label={t('timeline.label')}
        aria-live="polite"
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < kNearPx;
          if (atEnd.current) setBelow(false);
        }}
      >
        {!thread?.loaded && <Loader type="dots" mx="auto" my="xl" />}
        {thread?.loaded && <Said item={item} scroller={scroller} />}
      </div>
      {below && (
        <Button size="compact-sm" radius="xl" className={classes['below'] ?? ''} onClick={toEnd}>
          {t('timeline.below')}
        </Button>
      )}
    </div>
  );
}

function Said({
  item,
  scroller,
}: {
  readonly item: WorkItem;
  readonly scroller: React.RefObject<HTMLDivElement | null>;
}) {
  const { t, i18n } = useTranslation();
  const center = useCenter();
  const act = useAct();
  const [loading, setLoading] = useState(false);
  const now = useContext(ServerClock)();
  const thread = item.thread;
  const conversation = item.task.conversation_sid ?? '';
  // As text, so that it is the same as long as they are.
  const beside = useLive((live) =>
    selectWork(live)
      .filter((one) => one.task.conversation_sid === conversation)
      .map((one) => one.task.contact_sid ?? '')
      .join(' '),
  );
  if (!thread) return null;
  const parts = partsOf(thread.messages, item.task.contact_sid, beside.split(' '));
  const older = async () => {
    const box = scroller.current;
    const before = box?.scrollHeight ?? 0;
    setLoading(true);
    await readOlder(center, conversation);
    setLoading(false);
    // What one was reading stays where it was.
    requestAnimationFrame(() => box?.scrollBy(0, box.scrollHeight - before));
  };
  const again = (message: Outgoing) =>
    void act(sendMessage, {
      conversation,
      text: message.text,
      internal: message.internal,
      id: message.client_message_id,
    });
  return (
    <>
      {!thread.complete && (
        <Button
          variant="subtle"
          size="compact-sm"
          mx="auto"
          display="block"
          loading={loading}
          onClick={() => void older()}
        >
          {t('timeline.older')}
        </Button>
      )}
      {parts.map((part) => (
        <Fragment key={part.key}>
          {part.earlier ? (
            <Earlier messages={part.messages} readByCustomer={thread.readByCustomer} />
          ) : (
            part.days.map((day) => (
              <Fragment key={day.key}>
                <p className={classes['day']}>
                  <span>{dayOf(day.at, i18n.language, now)}</span>
                </p>
                {day.groups.map((group) => (
                  <MessageGroup key={group[0]?.sid} messages={group} readByCustomer={thread.readByCustomer} />
                ))}
              </Fragment>
            ))
          )}
        </Fragment>
      ))}
      {thread.outgoing.map((message) => (
        <OnItsWay
          key={message.client_message_id}
          message={message}
          again={() => again(message)}
          drop={() => {
            center.drafts.sent(message.client_message_id);
            center.store.dispatch({
              type: 'outgoing-gone',
              conversation,
              client_message_id: message.client_message_id,
            });
          }}
        />
      ))}
      <Typing item={item} />
      {thread.outgoing.some((o) => o.state === 'failed' && o.problem?.code === 'network') && (
        <ProblemNote
          problem={{ type: 'about:blank', title: '', status: 0, code: 'unsent', detail: '' }}
          retry={() => void resendMessages(center.around)}
        />
      )}
    </>
  );
}

// Folded, because it is over; one click away, because it is what they mean by "as I said".
function Earlier({
  messages,
  readByCustomer,
}: {
  readonly messages: readonly Message[];
  readonly readByCustomer: number;
}) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const first = messages[0];
  if (!first) return null;
  return (
    <section className={classes['earlier']}>
      <button type="button" className={classes['fold']} aria-expanded={open} onClick={() => setOpen((o) => !o)}>
        {t('timeline.earlier', { date: dateOf(first.at, i18n.language), count: messages.length })}
      </button>
      {open &&
        partsOf(messages, first.contact_sid).flatMap((part) =>
          part.days.flatMap((day) =>
            day.groups.map((group) => (
              <MessageGroup key={group[0]?.sid} messages={group} readByCustomer={readByCustomer} />
            )),
          ),
        )}
    </section>
  );
}

function Typing({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  useNow();
  const typing = item.thread?.typing;
  const shown = typing && typing.until > Date.now();
  return (
    <div className={classes['typing']} role="status">
      {shown && (
        <span className={classes['dots']}>
          <i />
          <i />
          <i />
          <span className="visually-hidden">{t('timeline.typing', { name: typing.name })}</span>
        </span>
      )}
    </div>
  );
}

// What is on the screen of somebody who looks at it is read.
function useRead(item: WorkItem): void {
  const act = useAct();
  const conversation = item.task.conversation_sid;
  const newest = item.thread?.messages.findLast((m) => m.author.type === 'customer')?.index ?? 0;
  const read = item.thread?.readByWorker ?? 0;
  const loaded = item.thread?.loaded ?? false;
  useEffect(() => {
    if (!conversation || !loaded || newest <= read) return;
    const mark = () => {
      if (document.visibilityState === 'visible' && document.hasFocus())
        void act(markRead, { conversation, index: newest });
    };
    mark();
    addEventListener('focus', mark);
    return () => removeEventListener('focus', mark);
  }, [conversation, loaded, newest, read, act]);
}
