// What a supervisor may do for an agent: another activity, now or after this; "they are here again".
import { clearPendingActivity, returnToWork, setActivity, setPendingActivity } from '@carillon/actions';
import type { AgentRow } from '@carillon/state';
import { IconMore, MenuChoice } from '@carillon/ui';
import { ActionIcon, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useAct, useLive } from '../../desk/hooks';

export function AgentMenu({ row }: { readonly row: AgentRow }) {
  const { t } = useTranslation();
  const act = useAct();
  const activities = useLive((live) => live.activities);
  const { worker } = row;
  const choices = Object.values(activities).sort(
    (a, b) => Number(b.available) - Number(a.available) || a.friendly_name.localeCompare(b.friendly_name),
  );
  const change = (activity: string) => void act(setActivity, { worker: worker.sid, activity });
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('agents.menu', { name: worker.friendly_name })}>
          <IconMore size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {row.notRespondingOn.length > 0 && (
          <>
            <Menu.Item onClick={() => void act(returnToWork, { worker: worker.sid })}>{t('agents.returned')}</Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Label>{t('agents.change')}</Menu.Label>
        {choices.map((activity) => (
          <MenuChoice
            key={activity.sid}
            checked={activity.sid === worker.activity_sid}
            onClick={() => change(activity.sid)}
          >
            {activity.friendly_name}
          </MenuChoice>
        ))}
        {row.on.length > 0 && (
          <>
            <Menu.Label>{t('presence.after')}</Menu.Label>
            {worker.pending_activity && (
              <Menu.Item onClick={() => void act(clearPendingActivity, { worker: worker.sid })}>
                {t('presence.stay', { activity: worker.pending_activity.activity_name })}
              </Menu.Item>
            )}
            {choices
              .filter((a) => !a.available && a.sid !== worker.pending_activity?.activity_sid)
              .map((activity) => (
                <Menu.Item
                  key={activity.sid}
                  onClick={() => void act(setPendingActivity, { worker: worker.sid, activity: activity.sid })}
                >
                  {t('presence.after_this', { activity: activity.friendly_name })}
                </Menu.Item>
              ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Item component={Link} to={`/history?period=today&agent=${worker.sid}`}>
          {t('agents.contacts')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
