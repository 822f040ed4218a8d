// A secret, shown this once.
import { IconCopy } from '@carillon/ui';
import { Button, CopyButton, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './secret_dialog.module.css';

export function SecretDialog({
  title,
  secret,
  close,
}: {
  readonly title: string;
  readonly secret: string;
  readonly close: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={close} title={title} closeOnClickOutside={false}>
      <Text size="sm">{t('secret.about')}</Text>
      <code className={classes['secret']} dir="ltr">
        {secret}
      </code>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button
            fullWidth
            variant={copied ? 'light' : 'filled'}
            leftSection={<IconCopy size={15} />}
            onClick={copy}
            data-autofocus
          >
            {t(copied ? 'secret.copied' : 'secret.copy')}
          </Button>
        )}
      </CopyButton>
    </Modal>
  );
}
