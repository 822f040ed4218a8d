// What was said in one contact.
import { Empty, IconChat, ProblemNote, When } from '@carillon/ui';
import { Button, Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../desk/hooks';
import classes from './transcript.module.css';

interface TranscriptProps {
  readonly conversation: string;
  readonly contact: string;
  // What was spoken is not here.
  readonly spoken: boolean;
}

export function Transcript({ conversation, contact, spoken }: TranscriptProps) {
  const { t } = useTranslation();
  const pages = usePages('/conversations/{sid}/messages', {
    path: { sid: conversation },
    query: { order: 'asc' },
    pageSize: 200,
  });
  const messages = pages.items.filter((m) => m.contact_sid === contact || m.contact_sid === null);
  if (pages.problem) {
    return (
      <div className={classes['pad']}>
        <ProblemNote problem={pages.problem} retry={pages.again} />
      </div>
    );
  }
  if (pages.loading) {
    return (
      <div className={classes['pad']}>
        <Skeleton height={120} />
      </div>
    );
  }
  if (messages.length === 0) {
    return (
      <Empty icon={IconChat} title={t(spoken ? 'contact.no_words_call' : 'contact.no_words')} small>
        {spoken ? t('contact.no_words_call_about') : null}
      </Empty>
    );
  }
  return (
    <>
      <ol className={classes['list']}>
        {messages.map((message) => (
          <li key={message.sid} data-author={message.internal ? 'note' : message.author.type}>
            <span className={classes['head']}>
              <strong>{message.author.type === 'system' ? '' : message.author.display_name}</strong>
              {message.internal && <em>{t('timeline.note')}</em>}
              <When at={message.at} />
            </span>
            <p dir="auto">{message.text}</p>
            {message.attachments.map((file) => (
              <p key={file.file_sid} className={classes['file']}>
                {file.name}
              </p>
            ))}
          </li>
        ))}
      </ol>
      {pages.more && (
        <Button variant="subtle" fullWidth radius={0} loading={pages.loadingMore} onClick={pages.more}>
          {t('list.more')}
        </Button>
      )}
    </>
  );
}
