// Wrap-up: what came of it, what is worth remembering, how much time is left for saying so.
import { completeTask, extendWrapUp, setDisposition } from '@carillon/actions';
import type { WorkItem } from '@carillon/state';
import { Countdown, ProblemNote, useNow } from '@carillon/ui';
import { Chip, Progress, Textarea } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../desk/action_button';
import { useAct, useCenter, useForget, useMe, useRead } from '../../desk/hooks';
import type { NoteState } from './wrap_up_note';
import { WrapUpNote } from './wrap_up_note';
import classes from './wrap_up.module.css';

export function WrapUp({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  const act = useAct();
  const forget = useForget();
  const { task } = item;
  const { text, state, change, flush } = useNote(item);
  // Shown at once; the task follows.
  const [picked, setPicked] = useState<string | null>(null);
  const disposition = picked ?? task.disposition_sid;
  const required = task.wrap_up?.mode === 'required';
  const finish = {
    ...completeTask,
    perform: async (...args: Parameters<typeof completeTask.perform>) => {
      await flush();
      const answer = await completeTask.perform(...args);
      forget('/notes', '/contacts', '/customers');
      return answer;
    },
  };
  // The field one wrote in is gone: the keyboard goes on here, unless it is busy elsewhere.
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) panel.current?.focus();
  }, []);
  return (
    <section className={classes['panel']} aria-label={t('wrap_up.title')} ref={panel} tabIndex={-1}>
      <header className={classes['head']}>
        <h2 className={classes['title']}>{t('wrap_up.title')}</h2>
        <TimeLeft item={item} />
      </header>
      <fieldset className={classes['dispositions']}>
        <legend>
          {t('wrap_up.disposition')}
          {required && !disposition && <em className={classes['required']}> {t('wrap_up.required')}</em>}
        </legend>
        <Dispositions
          queue={task.task_queue_sid}
          value={disposition}
          onPick={(sid) => {
            setPicked(sid);
            void act(setDisposition, { task: task.sid, disposition: sid });
          }}
        />
      </fieldset>
      <Textarea
        label={
          <span className={classes['label']}>
            {t('wrap_up.note')}
            <small aria-live="polite">
              {state.phase === 'reading' || text === '' ? '' : t(`wrap_up.${state.phase}`)}
            </small>
          </span>
        }
        labelProps={{ style: { inlineSize: '100%' } }}
        placeholder={t('wrap_up.note_placeholder')}
        value={text}
        maxLength={10_000}
        autosize
        minRows={2}
        maxRows={6}
        dir="auto"
        onChange={(event) => change(event.currentTarget.value)}
      />
      {state.problem && <ProblemNote problem={state.problem} retry={() => void flush()} />}
      <div className={classes['buttons']}>
        {(task.wrap_up?.extensions_left ?? 0) > 0 && (
          <ActionButton
            action={extendWrapUp}
            args={{ task: task.sid }}
            variant="default"
            label={t('wrap_up.extend', { count: task.wrap_up?.extensions_left ?? 0 })}
          />
        )}
        <ActionButton action={finish} args={{ task: task.sid, disposition }} ms="auto" />
      </div>
    </section>
  );
}

function useNote(item: WorkItem) {
  const center = useCenter();
  const me = useMe();
  const { task } = item;
  const draftKey = `note:${task.sid}`;
  const [state, setState] = useState<NoteState>({ text: '', phase: 'reading', problem: null });
  const note = useMemo(
    () =>
      new WrapUpNote({
        rest: center.rest,
        contact: task.contact_sid,
        customer: task.customer_sid,
        mine: (author) => author.sid !== null && (author.sid === me.user?.sid || author.sid === me.worker?.sid),
        onState: (next) => {
          setState(next);
          if (next.phase === 'saved') center.drafts.set(draftKey, '');
        },
      }),
    [center, task.contact_sid, task.customer_sid, me.user?.sid, me.worker?.sid, draftKey],
  );
  useEffect(() => {
    void note.begin(center.drafts.get(draftKey));
    // The timer may take the panel away in the middle of a word.
    return () => void note.flush();
  }, [note, center, draftKey]);
  return {
    text: state.text,
    state,
    change: (text: string) => {
      center.drafts.set(draftKey, text);
      note.change(text);
    },
    flush: () => note.flush(),
  };
}

function TimeLeft({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  const now = useNow();
  const wrap = item.reservation.wrap_up;
  // No time is left to count, only to say so.
  if (wrap?.overdue && !wrap.expires_at) {
    return (
      <div className={classes['time']} data-tone="bad">
        {t('wrap_up.overdue')}
      </div>
    );
  }
  if (!wrap?.expires_at) return null;
  const whole = Math.max(1, Date.parse(wrap.expires_at) - Date.parse(wrap.since));
  const left = Date.parse(wrap.expires_at) - now;
  const tone = wrap.overdue || left < 0 ? 'bad' : left < 10_000 ? 'soon' : 'calm';
  return (
    <div className={classes['time']} data-tone={tone}>
      <span>
        {t(wrap.overdue ? 'wrap_up.overdue' : 'wrap_up.left')} <Countdown until={wrap.expires_at} />
      </span>
      <Progress
        value={Math.max(0, Math.min(100, (100 * left) / whole))}
        size={4}
        color={tone === 'calm' ? 'verdigris' : tone === 'soon' ? 'bronze' : 'coral'}
        aria-label={t('wrap_up.left')}
        className={classes['bar'] ?? ''}
      />
    </div>
  );
}

interface DispositionsProps {
  readonly queue: string | null;
  readonly value: string | null;
  readonly onPick: (sid: string) => void;
}

function Dispositions({ queue, value, onPick }: DispositionsProps) {
  const { t } = useTranslation();
  const read = useRead('/dispositions', { query: { page_size: 200 } });
  if (read.problem) return <ProblemNote problem={read.problem} retry={read.again} />;
  const choices = (read.value?.items ?? [])
    .filter((d) => !d.retired || d.sid === value)
    .filter((d) => d.task_queue_sids.length === 0 || (queue !== null && d.task_queue_sids.includes(queue)))
    .toSorted((a, b) => a.rank - b.rank || a.friendly_name.localeCompare(b.friendly_name));
  if (read.value && choices.length === 0) return <p className={classes['none']}>{t('wrap_up.no_dispositions')}</p>;
  return (
    <Chip.Group value={value} onChange={(sid) => onPick(String(sid))}>
      <div className={classes['chips']}>
        {choices.map((d) => (
          // One name makes it one group: one stop for Tab, and the arrows choose.
          <Chip key={d.sid} value={d.sid} name="disposition" size="sm" radius="md" variant="outline">
            {d.friendly_name}
          </Chip>
        ))}
      </div>
    </Chip.Group>
  );
}
