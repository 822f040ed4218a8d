// Composer: what the agent writes. Enter sends, Shift+Enter is a new line; a draft stays with its conversation, across reloads.
import { kLongest, sendMessage } from '@carillon/actions';
import type { WorkItem } from '@carillon/state';
import { writesBeside } from '@carillon/state';
import { IconChat, IconLock, IconSend, Keys } from '@carillon/ui';
import { ActionIcon, SegmentedControl, Textarea, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../desk/commands';
import { useCenter, useLive } from '../../desk/hooks';
import classes from './composer.module.css';

const kTypingEveryMs = 3000;
// From here on the limit is worth knowing.
const kCountFrom = kLongest - 500;

export function Composer({ item }: { readonly item: WorkItem }) {
  const { t } = useTranslation();
  const center = useCenter();
  const conversation = item.task.conversation_sid ?? '';
  const [text, setText] = useState(() => center.drafts.get(conversation));
  const ended = item.contact?.customer_ended_at !== null && item.contact !== null;
  // Nobody reads on the telephone, but who calls from a page may write beside it.
  const beside = useLive((live) => writesBeside(live, conversation));
  const spoken = item.contact?.channel === 'voice' && !beside;
  const [note, setNote] = useState(false);
  const internal = note || ended || spoken;
  const field = useRef<HTMLTextAreaElement>(null);
  const typed = useRef(0);
  useCommands([
    { name: 'compose', label: t('composer.focus'), section: 'work', keys: 'Alt+K', run: () => field.current?.focus() },
    {
      name: 'compose.note',
      label: t('composer.toggle_note'),
      section: 'work',
      keys: 'Alt+N',
      run: () => setNote((now) => !now),
    },
  ]);
  useEffect(() => {
    // A phone would put its keyboard over half of the conversation.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, []);
  const change = (next: string) => {
    setText(next);
    center.drafts.set(conversation, next);
    if (internal || next === '') return;
    const now = Date.now();
    if (now - typed.current < kTypingEveryMs) return;
    typed.current = now;
    center.stream.typing(conversation, true);
  };
  const send = () => {
    const words = { conversation, text: text.trim(), internal };
    if (!sendMessage.allowed(center.store.get(), words)) return;
    // Shown as "on its way" from here on, and kept there: the field is free for the next words.
    setText('');
    center.drafts.set(conversation, '');
    typed.current = 0;
    // The timeline tells how it fares.
    void sendMessage.perform(center.around, words);
    field.current?.focus();
  };
  const tooLong = text.length > kLongest;
  return (
    <div className={classes['composer']} data-note={internal || undefined}>
      {ended && !spoken && <p className={classes['ended']}>{t('composer.customer_gone')}</p>}
      <div className={classes['box']}>
        <Textarea
          ref={field}
          className={classes['field'] ?? ''}
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={9}
          value={text}
          dir="auto"
          error={tooLong}
          aria-label={t(internal ? 'composer.write_note' : 'composer.write')}
          placeholder={t(internal ? 'composer.write_note' : 'composer.write')}
          onChange={(event) => change(event.currentTarget.value)}
          onBlur={() => {
            if (typed.current > 0) center.stream.typing(conversation, false);
            typed.current = 0;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <div className={classes['foot']}>
          {!ended && !spoken && (
            <SegmentedControl
              size="xs"
              value={internal ? 'note' : 'reply'}
              onChange={(value) => setNote(value === 'note')}
              aria-label={t('composer.kind')}
              data={[
                { value: 'reply', label: <Kind icon={IconChat} text={t('composer.reply')} /> },
                { value: 'note', label: <Kind icon={IconLock} text={t('composer.note')} /> },
              ]}
            />
          )}
          <span className={classes['hint']}>
            {text.length >= kCountFrom ? (
              <span data-over={tooLong || undefined}>
                {text.length} / {kLongest}
              </span>
            ) : (
              <>
                <Keys keys="Enter" /> {t('composer.sends')}
              </>
            )}
          </span>
          <Tooltip label={t(internal ? 'composer.save_note' : 'composer.send')}>
            <ActionIcon
              size={34}
              radius="xl"
              variant="filled"
              disabled={text.trim() === '' || tooLong}
              onClick={send}
              aria-label={t(internal ? 'composer.save_note' : 'composer.send')}
              className={classes['send']}
            >
              <IconSend size={16} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
    </div>
  );
}

function Kind({ icon: Icon, text }: { readonly icon: typeof IconChat; readonly text: string }) {
  return (
    <span className={classes['kind']}>
      <Icon size={12} aria-hidden />
      {text}
    </span>
  );
}
