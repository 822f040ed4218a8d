// Places a legal hold: on all sound of some contacts, or on one recording. Nothing deletes what is held.
import type { Problem } from '@carillon/client';
import { IconGavel, ProblemNote } from '@carillon/ui';
import { Button, Modal, Stack, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBusy, useCenter, useForget } from './hooks';

export type Held = { readonly contact_sid: string } | { readonly recording_sid: string };

interface HoldDialogProps {
  readonly what: readonly Held[];
  // Above the reason: how it is chosen.
  readonly children?: ReactNode;
  readonly close: () => void;
}

export function HoldDialog({ what, children, close }: HoldDialogProps) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const forget = useForget();
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const place = () =>
    void run(async () => {
      for (const one of what) {
        const answer = await rest.post('/legal-holds', { body: { ...one, reason: reason.trim() } });
        if (!answer.ok) {
          forget('/legal-holds');
          return setProblem(answer.problem);
        }
      }
      notifications.show({ message: t('legal_holds.placed'), color: 'verdigris', autoClose: 4000 });
      forget('/legal-holds');
      close();
    });
  return (
    <Modal opened onClose={close} title={t('legal_holds.new')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          place();
        }}
      >
        <Stack gap="md">
          {children}
          <Textarea
            label={t('legal_holds.reason')}
            description={t('legal_holds.reason_about')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={1000}
            autosize
            minRows={2}
            required
            withAsterisk={false}
            dir="auto"
            {...(children ? {} : { 'data-autofocus': true })}
          />
          {problem && <ProblemNote problem={problem} />}
          <Button
            type="submit"
            loading={busy}
            disabled={what.length === 0 || reason.trim() === ''}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('legal_holds.place')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

// Where somebody looks at what may have to be kept.
export function HoldButton({ what }: { readonly what: Held }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="subtle" size="xs" leftSection={<IconGavel size={13} />} onClick={() => setOpen(true)}>
        {t('legal_holds.hold')}
      </Button>
      {open && <HoldDialog what={[what]} close={() => setOpen(false)} />}
    </>
  );
}
