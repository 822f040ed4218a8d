// The dialer: a number or a colleague, and which of our numbers is shown. In the top bar, and one key away.
import type { Dialled } from '@carillon/actions';
import { dial } from '@carillon/actions';
import type { Problem } from '@carillon/client';
import type { Schemas } from '@carillon/contract';
import type { Store } from '@carillon/state';
import { IconKeypad, Keys, ProblemNote } from '@carillon/ui';
import { ActionIcon, Modal, Select, Tooltip, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useCommands } from '../../desk/commands';
import { Colleagues, DirectorySearch, Outside, addressIn } from '../../desk/directory';
import { useBusy, useCenter, useMe, useRead } from '../../desk/hooks';
import { setPreferences, usePreferences } from '../../desk/preferences';
import classes from './dialer.module.css';

const kKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '0', '#'] as const;
// Until the task of the call has come over the stream.
const kPatienceMs = 4000;

export default function Dialer() {
  const { t } = useTranslation();
  const worker = useMe().worker;
  const [opened, { open, close }] = useDisclosure(false);
  useCommands(worker ? [{ name: 'dialer', label: t('dialer.open'), section: 'work', keys: 'Alt+C', run: open }] : []);
  if (!worker) return null;
  return (
    <>
      <Tooltip label={<Keys keys="Alt+C" />}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('dialer.open')}
          onClick={open}
          className={classes['open']}
        >
          <IconKeypad size={17} />
        </ActionIcon>
      </Tooltip>
      {opened && <DialDialog close={close} />}
    </>
  );
}

function DialDialog({ close }: { readonly close: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const { callFrom } = usePreferences();
  const { value: choices } = useRead('/dialling/choices');
  const { call, busy, problem, forget } = useDial(close);
  const numbers = choices?.numbers ?? [];
  const from = numbers.find((n) => n.sid === callFrom)?.sid ?? numbers[0]?.sid ?? null;
  const address = addressIn(typed);
  const callNumber = (to: string) => call({ to, ...(from ? { number: from } : {}) });
  const words = { label: t('dialer.call'), name: (who: string) => t('dialer.call_whom', { name: who }) };
  return (
    <Modal opened onClose={close} title={t('dialer.title')} size="lg">
      <DirectorySearch
        label={t('dialer.whom')}
        value={typed}
        onChange={(next) => {
          setTyped(next);
          forget();
        }}
        onEnter={() => address !== null && !busy && callNumber(address)}
      />
      <div className={classes['pad']} dir="ltr" role="group" aria-label={t('call.keypad')}>
        {kKeys.map((key) => (
          <UnstyledButton key={key} className={classes['key']} onClick={() => setTyped((before) => before + key)}>
            {key}
          </UnstyledButton>
        ))}
      </div>
      {numbers.length > 0 && (
        <Select
          label={t('dialer.from')}
          data={numbers.map((n) => ({ value: n.sid, label: `${n.friendly_name} (${n.address})` }))}
          value={from}
          onChange={(v) => v && setPreferences({ callFrom: v })}
          allowDeselect={false}
          size="xs"
          mb="xs"
          comboboxProps={{ withinPortal: false }}
        />
      )}
      {choices && numbers.length === 0 && <p className={classes['about']}>{t('dialer.no_numbers')}</p>}
      {choices?.emergency.includes(typed.trim()) && <p className={classes['about']}>{t('dialer.emergency')}</p>}
      {problem && <ProblemNote problem={problem} />}
      <Outside typed={typed} busy={busy} choice={{ ...words, pick: callNumber }} />
      {address === null && (
        <Colleagues typed={typed} busy={busy} choice={{ ...words, pick: (worker) => call({ worker }) }} />
      )}
    </Modal>
  );
}

// Calls, and leads to the call.
function useDial(close: () => void) {
  const center = useCenter();
  const [, go] = useLocation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, run] = useBusy();
  const call = (wanted: Dialled) =>
    void run(async () => {
      if (!dial.allowed(center.store.get(), wanted)) return;
      const answer = await dial.perform(center.around, wanted);
      if (!answer.ok) return setProblem(answer.problem);
      const reservation = await reservationOf(center.store, (answer.value as Schemas['Call']).sid);
      close();
      go(reservation ? `/work/${reservation}` : '/work');
    });
  return { call, busy, problem, forget: () => setProblem(null) };
}

function reservationOf(store: Store, call: string): Promise<string | null> {
  const find = () => {
    const { tasks, reservations, workerSid } = store.get();
    const mine = Object.values(reservations).find(
      (r) => r.worker_sid === workerSid && tasks[r.task_sid]?.attributes['call_sid'] === call,
    );
    return mine?.sid ?? null;
  };
  const found = find();
  if (found) return Promise.resolve(found);
  return new Promise((done) => {
    const limit = setTimeout(() => finish(null), kPatienceMs);
    const stop = store.subscribe(() => {
      const sid = find();
      if (sid) finish(sid);
    });
    function finish(sid: string | null): void {
      clearTimeout(limit);
      stop();
      done(sid);
    }
  });
}
