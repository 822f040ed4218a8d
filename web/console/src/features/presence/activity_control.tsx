// The activity in the top bar: what it is, since when, and what it may become, now or after this.
import { clearPendingActivity, setActivity, setPendingActivity } from '@carillon/actions';
import type { Schemas } from '@carillon/contract';
import type { Live } from '@carillon/state';
import { Elapsed, IconChevron, MenuChoice, StateMark } from '@carillon/ui';
import type { StateMarkName as Mark } from '@carillon/ui';
import { Menu, UnstyledButton } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../desk/commands';
import { useAct, useLive } from '../../desk/hooks';
import classes from './activity_control.module.css';

type Activity = Schemas['Activity'];

const kOrder: Schemas['ActivityClass'][] = ['available', 'productive', 'meeting', 'training', 'break', 'system'];

export function markOf(activity: Pick<Activity, 'activity_class'> & { readonly offline?: boolean }): Mark {
  if (activity.activity_class === 'available') return 'idle';
  return activity.offline || activity.activity_class === 'system' ? 'offline' : 'away';
}

// What a worker may pick, available ones first, offline last.
export function pickable(activities: Live['activities']): readonly Activity[] {
  return Object.values(activities)
    .filter((a) => a.pickable_by === 'worker')
    .sort(
      (a, b) =>
        kOrder.indexOf(a.activity_class) - kOrder.indexOf(b.activity_class) ||
        a.friendly_name.localeCompare(b.friendly_name),
    );
}

export default function ActivityControl() {
  const { t } = useTranslation();
  const act = useAct();
  const [open, setOpen] = useState(false);
  const worker = useLive((live) => (live.workerSid ? live.workers[live.workerSid] : undefined));
  const activities = useLive((live) => live.activities);
  const choices = useMemo(() => pickable(activities), [activities]);
  const busy = (worker?.assignments.length ?? 0) > 0;
  useCommands([
    { name: 'activity', label: t('presence.menu'), section: 'work', keys: 'Alt+P', run: () => setOpen(true) },
    ...(worker
      ? choices
          .filter((a) => a.sid !== worker.activity_sid)
          .map((a) => ({
            name: `activity.${a.sid}`,
            label: t('presence.become', { activity: a.friendly_name }),
            section: 'work' as const,
            run: () =>
              void act(busy && a.offline ? setPendingActivity : setActivity, { worker: worker.sid, activity: a.sid }),
          }))
      : []),
  ]);
  if (!worker) return null;
  const pending = worker.pending_activity;
  return (
    <Menu opened={open} onChange={setOpen} position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes['control']} data-over={worker.activity_overstayed || undefined}>
          <StateMark mark={markOf(worker)} />
          <span className={classes['text']}>
            <span className={classes['name']}>
              <span className="visually-hidden">{t('presence.activity')} </span>
              {worker.activity_name}
            </span>
            {pending && (
              <span className={classes['pending']}>{t('presence.then', { activity: pending.activity_name })}</span>
            )}
          </span>
          <span aria-hidden className={classes['since']}>
            <Elapsed since={worker.activity_since} />
          </span>
          <IconChevron size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('presence.now')}</Menu.Label>
        {choices.map((activity) => (
          <MenuChoice
            key={activity.sid}
            checked={activity.sid === worker.activity_sid}
            disabled={busy && activity.offline}
            leftSection={<StateMark mark={markOf(activity)} />}
            onClick={() => void act(setActivity, { worker: worker.sid, activity: activity.sid })}
          >
            {activity.friendly_name}
          </MenuChoice>
        ))}
        {(busy || pending) && (
          <>
            <Menu.Divider />
            <Menu.Label>{t('presence.after')}</Menu.Label>
            {pending && (
              <Menu.Item onClick={() => void act(clearPendingActivity, { worker: worker.sid })}>
                {t('presence.stay', { activity: pending.activity_name })}
              </Menu.Item>
            )}
            {choices
              .filter((a) => !a.available && a.sid !== pending?.activity_sid)
              .map((activity) => (
                <Menu.Item
                  key={activity.sid}
                  leftSection={<StateMark mark={markOf(activity)} />}
                  onClick={() => void act(setPendingActivity, { worker: worker.sid, activity: activity.sid })}
                >
                  {t('presence.after_this', { activity: activity.friendly_name })}
                </Menu.Item>
              ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
