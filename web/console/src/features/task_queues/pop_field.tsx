// The page of another system that comes up with a contact: its address, with fields to put in by a click, and what it may look like.
import type { PopGiven } from '@carillon/state';
import { fillPopUrl, kPopFields } from '@carillon/state';
import { Button, Switch, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './task_queues_page.module.css';

// Somebody who might call.
const kSomebody = {
  task: {
    sid: 'WT00000000000000000000000000000001',
    contact_sid: 'CT00000000000000000000000000000001',
    conversation_sid: 'CH00000000000000000000000000000001',
    customer_sid: 'CU00000000000000000000000000000001',
    task_queue_friendly_name: 'Sales',
    attributes: {},
  },
  customer: {
    sid: 'CU00000000000000000000000000000001',
    display_name: 'Mia Vogel',
    attributes: {},
    identities: [
      { type: 'phone', value: '+4930123456' },
      { type: 'email', value: 'mia@example.org' },
    ],
  },
  call: { sid: 'CA00000000000000000000000000000001', from: '+4930123456', from_name: 'Mia Vogel', to: '+4930654321' },
  channel: 'voice',
  agent: 'Alice',
} as unknown as PopGiven;

interface PopFieldProps {
  readonly url: string | null;
  readonly open: boolean;
  readonly onUrl: (url: string | null) => void;
  readonly onOpen: (open: boolean) => void;
  readonly error: string | undefined;
}

export function PopField({ url, open, onUrl, onOpen, error }: PopFieldProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const text = url ?? '';
  const put = (field: string) => {
    const box = input.current;
    const at = box?.selectionStart ?? text.length;
    onUrl(`${text.slice(0, at)}{${field}}${text.slice(box?.selectionEnd ?? at)}`);
    box?.focus();
  };
  const example = text === '' ? null : fillPopUrl(text, kSomebody);
  return (
    <>
      <TextInput
        ref={input}
        label={t('task_queues.pop_url')}
        description={t('task_queues.pop_url_about')}
        placeholder="https://crm.example/find?phone={call.from}"
        value={text}
        onChange={(event) => onUrl(event.currentTarget.value.trim() || null)}
        error={error}
        maxLength={2000}
        spellCheck={false}
        dir="ltr"
      />
      {text !== '' && (
        <>
          <div className={classes['fields']} role="group" aria-label={t('task_queues.pop_fields')} dir="ltr">
            {kPopFields.map((field) => (
              <Button key={field} variant="default" size="compact-xs" onClick={() => put(field)}>
                {field}
              </Button>
            ))}
            <Button variant="default" size="compact-xs" onClick={() => put('contact.attributes.order')}>
              contact.attributes.…
            </Button>
          </div>
          {example !== null && (
            <p className={classes['example']}>
              {t('task_queues.pop_example')} <bdi dir="ltr">{example}</bdi>
            </p>
          )}
          <Switch
            label={t('task_queues.pop_open')}
            description={t('task_queues.pop_open_about')}
            checked={open}
            onChange={(event) => onOpen(event.currentTarget.checked)}
          />
        </>
      )}
    </>
  );
}
