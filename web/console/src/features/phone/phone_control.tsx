// The phone in the top bar: how it is, and everything about it on a click.
import type { PhoneState } from '@carillon/softphone';
import { IconPhone, IconPhoneOff, useNow, useProblemWords } from '@carillon/ui';
import { Button, Popover, UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../desk/commands';
import { usePhone } from '../../desk/hooks';
import { PhoneSettings } from './phone_settings';
import { LineMeasures, SoundCheck } from './sound_check';
import { standingOf } from './standing';
import { useWish } from './wish';
import classes from './phone_control.module.css';

export default function PhoneControl() {
  const { t } = useTranslation();
  const state = usePhone();
  const wish = useWish();
  const [open, setOpen] = useState(false);
  const { connect } = wish;
  // The button that was pressed may be gone; the keyboard stays in the panel.
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open && document.activeElement === document.body) panel.current?.focus();
  }, [open, state.phase]);
  const disconnect = () => {
    wish.disconnect();
    setOpen(false);
  };
  const wanted = state.phase !== 'off';
  useCommands([
    wanted
      ? { name: 'phone.disconnect', label: t('phone.disconnect'), section: 'work', run: disconnect }
      : { name: 'phone.connect', label: t('phone.connect'), section: 'work', run: connect },
    { name: 'phone.open', label: t('phone.open'), section: 'work', keys: 'Alt+O', run: () => setOpen(true) },
  ]);
  const standing = standingOf(state);
  const label = t(state.phase === 'ready' ? `phone.quality.${state.quality ?? 'good'}` : `phone.phase.${state.phase}`);
  const Icon = wanted && standing !== 'bad' ? IconPhone : IconPhoneOff;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={320} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes['control']}
          data-standing={standing}
          onClick={() => setOpen((now) => !now)}
          aria-haspopup="dialog"
          aria-expanded={open}
        >
          <Icon size={16} aria-hidden />
          <span className={classes['text']}>
            <span className="visually-hidden">{t('phone.title')}: </span>
            {label}
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown ref={panel} aria-label={t('phone.title')} className={classes['panel'] ?? ''}>
        <Said state={state} />
        {wanted && state.microphone && <PhoneSettings microphone={state.microphone} />}
        {state.phase === 'ready' && state.microphone && <SoundCheck microphone={state.microphone} />}
        {state.phase === 'ready' && <LineMeasures measures={state.measures} />}
        <div className={classes['buttons']}>
          {(state.phase === 'off' || state.phase === 'refused' || state.phase === 'replaced') && (
            <Button onClick={connect} leftSection={<IconPhone size={15} />} data-autofocus>
              {t(
                state.phase === 'replaced' ? 'phone.here' : state.phase === 'refused' ? 'phone.again' : 'phone.connect',
              )}
            </Button>
          )}
          {state.phase === 'waiting' && <Button onClick={connect}>{t('phone.now')}</Button>}
          {wanted && (
            <Button variant="default" onClick={disconnect}>
              {t('phone.disconnect')}
            </Button>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Said({ state }: { readonly state: PhoneState }) {
  const { t } = useTranslation();
  const words = useProblemWords();
  const { phase, trouble, problem, quality } = state;
  return (
    <div role="status">
      <p className={classes['title']}>{t(`phone.phase.${phase}`)}</p>
      <p className={classes['about']}>
        {phase === 'refused'
          ? t(`phone.trouble.${trouble ?? 'denied'}`)
          : phase === 'ready'
            ? t(`phone.quality_about.${quality ?? 'good'}`)
            : phase === 'waiting' && problem
              ? words(problem)
              : t(`phone.about.${phase}`)}
      </p>
      {phase === 'waiting' && state.retryAt !== null && <Again at={state.retryAt} />}
    </div>
  );
}

function Again({ at }: { readonly at: number }) {
  const { t } = useTranslation();
  useNow();
  return (
    <p className={classes['about']}>
      {t('phone.again_in', { count: Math.max(0, Math.ceil((at - Date.now()) / 1000)) })}
    </p>
  );
}
