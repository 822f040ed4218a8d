// Remove, asked once more, with the server's reason when it is still in use.
import type { Answer, Problem } from '@carillon/client';
import { ProblemNote } from '@carillon/ui';
import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBusy } from '../hooks';

interface RemoveButtonProps {
  readonly name: string;
  readonly label?: string;
  readonly text?: string;
  readonly remove: () => Promise<Answer<unknown>>;
  readonly onDone: () => void;
}

export function RemoveButton({ name, label, text, remove, onDone }: RemoveButtonProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const word = label ?? t('form.delete');
  return (
    <>
      <Button variant="subtle" color="coral" ms="auto" onClick={() => setAsking(true)}>
        {word}
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('form.delete_sure', { name })}>
        <Text size="sm" mb={problem ? 'sm' : 0}>
          {text ?? t('form.delete_about')}
        </Text>
        {problem && <ProblemNote problem={problem} />}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t('form.keep')}
          </Button>
          <Button
            color="coral"
            loading={busy}
            onClick={() =>
              void run(async () => {
                const answer = await remove();
                if (!answer.ok) return setProblem(answer.problem);
                setAsking(false);
                onDone();
              })
            }
          >
            {word}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
