// Says once what happened to the person's work without their doing.
import type { Notice } from '@carillon/state';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useCenter, useForget, useLive } from '../desk/hooks';

export function Notices() {
  const { t } = useTranslation();
  const center = useCenter();
  const forget = useForget();
  const notices = useLive((live) => live.notices);
  useEffect(() => {
    for (const notice of notices) {
      center.store.dispatch({ type: 'notice-said', id: notice.id });
      if (notice.kind === 'alert') forget('/alerts');
      notifications.show({ ...wordsOf(notice, t), withBorder: true, autoClose: 9000 });
    }
  }, [notices, center, forget, t]);
  return null;
}

type T = ReturnType<typeof useTranslation>['t'];

function wordsOf(notice: Notice, t: T): { title: string; message: string; color: string } {
  const name = notice.name || t('work.unknown_customer');
  const color = notice.kind === 'alert' || notice.kind === 'task_taken_away' ? 'bronze' : 'gray';
  return {
    color,
    title: t(`notice.${notice.kind}`, { name, who: notice.text ?? '' }),
    message:
      notice.kind === 'alert' ? t(`alerts.kind.${notice.text}`) : notice.reason ? t(`reason.${notice.reason}`) : '',
  };
}
