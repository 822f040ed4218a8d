// The others in a call: who they are, how they stand, and what may be done with them.
import { holdCall, inviteToCall, leaveCall, removeParty } from '@carillon/actions';
import type { CallLeg, OwnCall } from '@carillon/state';
import { IconClose, IconPeople, IconTransfer, Keys, StateMark } from '@carillon/ui';
import { ActionIcon, Button, Modal, SegmentedControl, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../desk/action_button';
import { useCommands } from '../../desk/commands';
import { Colleagues, DirectorySearch, Outside, addressIn } from '../../desk/directory';
import { useAct, useBusy, useLive } from '../../desk/hooks';
import classes from './parties.module.css';

// Who was invited and is there, or is being asked; the colleague of an internal call.
export function guestsOf({ call, own }: OwnCall): readonly CallLeg[] {
  return call.legs.filter(
    (leg) => leg.status !== 'ended' && leg.role !== 'coach' && leg.role !== 'customer' && leg.sid !== own.sid,
  );
}

export function Parties({ task, call }: { readonly task: string; readonly call: OwnCall }) {
  const { t } = useTranslation();
  const guests = guestsOf(call);
  if (guests.length === 0 || call.call.direction === 'internal') return null;
  const { consulting, transfer_leg_sid: handing } = call.call;
  return (
    <div className={classes['parties']} role="group" aria-label={t('parties.title')}>
      {consulting && <p className={classes['about']}>{t('parties.consulting')}</p>}
      {handing !== null && <p className={classes['about']}>{t('parties.handing')}</p>}
      <ul className={classes['list']}>
        {guests.map((leg) => (
          <Party key={leg.sid} task={task} leg={leg} />
        ))}
      </ul>
      {handing === null && (
        <div className={classes['keys']}>
          {consulting && (
            <ActionButton
              action={holdCall}
              args={{ task, on: false }}
              label={t('parties.together')}
              size="xs"
              variant="default"
              leftSection={<IconPeople size={14} />}
            />
          )}
          <ActionButton
            action={leaveCall}
            args={{ task }}
            label={t(consulting ? 'parties.complete' : 'parties.leave')}
            size="xs"
            leftSection={<IconTransfer size={14} />}
          />
        </div>
      )}
    </div>
  );
}

function Party({ task, leg }: { readonly task: string; readonly leg: CallLeg }) {
  const { t } = useTranslation();
  const act = useAct();
  const workers = useLive((live) => live.workers);
  const worker = leg.worker_sid;
  const name = worker ? (workers[worker]?.friendly_name ?? t('parties.colleague')) : (leg.address ?? '');
  const there = leg.status === 'connected';
  return (
    <li className={classes['party']}>
      <StateMark mark={there ? 'talking' : 'ringing'} label={t(there ? 'parties.there' : 'parties.ringing')} />
      <bdi className={classes['name']} {...(worker ? {} : { dir: 'ltr' })}>
        {name}
      </bdi>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={t('parties.remove', { name })}
        onClick={() => void act(removeParty, { task, leg: leg.sid })}
      >
        <IconClose size={14} />
      </ActionIcon>
    </li>
  );
}

export function InviteButton({ task, call }: { readonly task: string; readonly call: OwnCall }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const may = call.own.status === 'connected' && call.call.status === 'talking' && !call.call.transfer_leg_sid;
  useCommands(may ? [{ name: 'invite', label: t('parties.invite'), section: 'work', keys: 'Alt+I', run: open }] : []);
  return (
    <>
      <Tooltip label={<Keys keys="Alt+I" />}>
        <Button variant="default" disabled={!may} onClick={open} leftSection={<IconPeople size={15} />}>
          {t('parties.invite')}
        </Button>
      </Tooltip>
      {opened && <InviteDialog task={task} close={close} />}
    </>
  );
}

function InviteDialog({ task, close }: { readonly task: string; readonly close: () => void }) {
  const { t } = useTranslation();
  const act = useAct();
  const [typed, setTyped] = useState('');
  const [purpose, setPurpose] = useState<'consult' | 'join'>('consult');
  const [busy, run] = useBusy();
  const address = addressIn(typed);
  const invite = (whom: { readonly to?: string; readonly worker?: string }) =>
    void run(async () => {
      if ((await act(inviteToCall, { task, purpose, ...whom })).ok) close();
    });
  const words = { label: t(`parties.${purpose}`), name: (who: string) => t(`parties.${purpose}_whom`, { name: who }) };
  return (
    <Modal opened onClose={close} title={t('parties.invite_title')} size="lg">
      <SegmentedControl
        fullWidth
        mb="xs"
        value={purpose}
        onChange={(value) => setPurpose(value as 'consult')}
        aria-label={t('parties.purpose')}
        data={(['consult', 'join'] as const).map((one) => ({ value: one, label: t(`parties.${one}`) }))}
      />
      <p className={classes['about']}>{t(`parties.${purpose}_about`)}</p>
      <DirectorySearch
        label={t('dialer.whom')}
        value={typed}
        onChange={setTyped}
        onEnter={() => address !== null && !busy && invite({ to: address })}
      />
      <Outside typed={typed} busy={busy} choice={{ ...words, pick: (to) => invite({ to }) }} />
      {address === null && (
        <Colleagues typed={typed} busy={busy} choice={{ ...words, pick: (worker) => invite({ worker }) }} />
      )}
    </Modal>
  );
}
