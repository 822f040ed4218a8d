// The line to the server: a mark while it is well, a banner when it is not. Nothing is lost meanwhile, and the banner says so.
import { IconAlert, IconRefresh, useNow } from '@carillon/ui';
import { Button, Loader, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCenter, useLive } from '../desk/hooks';
import classes from './connection.module.css';

// A blink is not worth a banner.
const kPatienceMs = 1500;

export function ConnectionMark() {
  const { t } = useTranslation();
  const phase = useLive((live) => live.connection.phase);
  const well = phase === 'live';
  const label = t(well ? 'connection.live' : 'connection.lost_short');
  return (
    <Tooltip label={label}>
      <span className={classes['mark']} data-well={well || undefined} role="status" aria-label={label} tabIndex={0} />
    </Tooltip>
  );
}

export function ConnectionBanner() {
  const connection = useLive((live) => live.connection);
  const ready = useLive((live) => live.ready);
  if (connection.phase === 'live' || connection.phase === 'idle' || (!ready && connection.attempt === 0)) return null;
  return <Banner />;
}

function Banner() {
  const { t } = useTranslation();
  const center = useCenter();
  useNow();
  const { phase, retryAt, since, attempt } = useLive((live) => live.connection);
  if (attempt <= 1 && Date.now() - since < kPatienceMs) return null;
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  return (
    <div className={classes['banner']} role="status">
      <IconAlert size={16} aria-hidden />
      <span>
        <strong>{t('connection.lost')}</strong> {t('connection.kept')}
      </span>
      <span className={classes['again']}>
        {phase === 'waiting' && seconds > 0 ? (
          <>
            {t('connection.again_in', { count: seconds })}
            <Button
              size="compact-xs"
              variant="white"
              leftSection={<IconRefresh size={13} />}
              onClick={() => center.stream.retryNow()}
            >
              {t('connection.now')}
            </Button>
          </>
        ) : (
          <>
            <Loader size="xs" color="currentColor" />
            {t('connection.connecting')}
          </>
        )}
      </span>
    </div>
  );
}
