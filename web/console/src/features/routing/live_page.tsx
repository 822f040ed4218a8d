// Live: the center this second, and what the day has been so far.
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Slot } from '../../desk/slots';
import { Agents } from './agents';
import { Alerts } from './alerts';
import { CenterNumbers } from './center_numbers';
import { Queues } from './queues';
import { Waiting } from './waiting';
import { WhyProvider } from './why_dialog';
import classes from './live_page.module.css';

export default function LivePage() {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('nav.live')} · Carillon`;
  }, [t]);
  return (
    <WhyProvider>
      <div className={classes['page']}>
        <h1 className="visually-hidden">{t('nav.live')}</h1>
        <CenterNumbers />
        <Alerts />
        <div className={classes['columns']}>
          <div className={classes['column']}>
            <Queues />
            <Waiting />
          </div>
          <div className={classes['column']}>
            <Slot of="live" />
            <Agents />
          </div>
        </div>
      </div>
    </WhyProvider>
  );
}
