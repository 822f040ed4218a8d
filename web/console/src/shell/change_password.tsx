import type { Problem } from '@carillon/client';
import { ProblemNote } from '@carillon/ui';
import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBusy, useCenter } from '../desk/hooks';

const kShortest = 10;

export function ChangePassword({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const short = next !== '' && next.length < kShortest;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          const answer = await rest.post('/me/password', { body: { current_password: now, new_password: next } });
          if (!answer.ok) return setProblem(answer.problem);
          notifications.show({ message: t('password.changed'), color: 'verdigris' });
          onDone();
        });
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label={t('password.current')}
          value={now}
          onChange={(e) => setNow(e.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('password.new')}
          value={next}
          onChange={(e) => setNext(e.currentTarget.value)}
          autoComplete="new-password"
          error={short ? t('password.too_short', { count: kShortest }) : null}
          required
          withAsterisk={false}
        />
        <Text size="xs" c="dimmed">
          {t('password.others_end')}
        </Text>
        {problem && <ProblemNote problem={problem} />}
        <Button type="submit" loading={busy} disabled={next.length < kShortest}>
          {t('password.change')}
        </Button>
      </Stack>
    </form>
  );
}
