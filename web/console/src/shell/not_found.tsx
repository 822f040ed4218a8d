import { Empty, IconRoute } from '@carillon/ui';
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty
      icon={IconRoute}
      title={t('not_found.title')}
      action={
        <Button component={Link} to="/" variant="light" mt="xs">
          {t('not_found.home')}
        </Button>
      }
    >
      {t('not_found.text')}
    </Empty>
  );
}
