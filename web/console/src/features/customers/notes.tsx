// What colleagues wrote down about a customer; newest first, and a field for the next.
import { addNote } from '@carillon/actions';
import { ProblemNote, When } from '@carillon/ui';
import { Button, Skeleton, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useBusy, useForget, usePages } from '../../desk/hooks';
import { Section } from './section';
import classes from './notes.module.css';

interface NotesProps {
  readonly customerSid: string;
  readonly contactSid: string | null;
}

export function Notes({ customerSid, contactSid }: NotesProps) {
  const { t } = useTranslation();
  const notes = usePages('/notes', { query: { customer_sid: customerSid }, pageSize: 10 });
  return (
    <Section title={t('customer.notes')} count={notes.items.length}>
      <Write customerSid={customerSid} contactSid={contactSid} />
      {notes.problem && <ProblemNote problem={notes.problem} retry={notes.again} />}
      {notes.loading && <Skeleton height={40} mt="xs" />}
      <ul className={classes['list']}>
        {notes.items.map((note) => (
          <li key={note.sid} className={classes['note']}>
            <p dir="auto">{note.text}</p>
            <small>
              {note.author.display_name} · <When at={note.created_at} />
            </small>
          </li>
        ))}
      </ul>
      {notes.more && (
        <Button variant="subtle" size="compact-sm" loading={notes.loadingMore} onClick={notes.more}>
          {t('list.more')}
        </Button>
      )}
    </Section>
  );
}

function Write({ customerSid, contactSid }: NotesProps) {
  const { t } = useTranslation();
  const act = useAct();
  const forget = useForget();
  const [text, setText] = useState('');
  const [busy, run] = useBusy();
  const save = () =>
    void run(async () => {
      const answer = await act(addNote, { text, customer: customerSid, contact: contactSid ?? undefined });
      if (!answer.ok) return;
      setText('');
      forget('/notes');
    });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Textarea
        aria-label={t('customer.write_note')}
        placeholder={t('customer.write_note')}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={10_000}
        dir="auto"
        size="xs"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            save();
          }
        }}
      />
      {text.trim() !== '' && (
        <Button type="submit" size="compact-sm" loading={busy}>
          {t('form.save')}
        </Button>
      )}
    </form>
  );
}
