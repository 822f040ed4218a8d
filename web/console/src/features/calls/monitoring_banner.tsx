// Said on every page while one is in a call that is not one's own: whom one hears, and who hears one.
import { customerNameOf } from '@carillon/state';
import { Elapsed, IconPhoneOff } from '@carillon/ui';
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../desk/hooks';
import { ModeSwitch, useMonitor, useMonitored } from './monitoring';
import classes from './monitoring.module.css';

export default function MonitoringBanner() {
  const { t } = useTranslation();
  const monitored = useMonitored();
  const { monitor } = useMonitor();
  const workers = useLive((live) => live.workers);
  const tasks = useLive((live) => live.tasks);
  if (!monitored) return null;
  const { call, leg } = monitored;
  const mode = leg.monitoring ?? 'listen';
  const task = Object.values(tasks).find((one) => one.contact_sid === call.contact_sid);
  const agents = call.legs.filter((one) => one.role === 'agent' && one.status !== 'ended');
  const names = agents.map((one) => workers[one.worker_sid ?? '']?.friendly_name ?? '').filter(Boolean);
  const customer = customerNameOf(task) || call.from_name || t('call.anonymous');
  return (
    <section className={classes['banner']} aria-label={t('monitoring.label')}>
      <p role="status">
        <strong>
          {leg.status === 'connected'
            ? t(`monitoring.now.${mode}`, { customer, agent: names.join(', ') || t('monitoring.nobody') })
            : t('call.connecting')}
        </strong>{' '}
        {leg.connected_at && <Elapsed since={leg.connected_at} />}
        <small>{t(`monitoring.about.${mode}`)}</small>
      </p>
      <ModeSwitch call={call.sid} mode={mode} />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPhoneOff size={14} />}
        onClick={() => monitor(call.sid, 'off')}
      >
        {t('monitoring.leave')}
      </Button>
    </section>
  );
}
