import { Empty, IconRoute } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={IconRoute} title={t('not_found.title')} action={<Link to="/">{t('not_found.home')}</Link>}>
      {t('not_found.text')}
    </Empty>
  );
}
