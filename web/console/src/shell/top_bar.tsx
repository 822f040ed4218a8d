// Top bar: where one is and may go; today's own numbers; the line; one's activity; oneself.
import { IconCommand, IconSettings, Keys, Mark } from '@carillon/ui';
import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useRoute } from 'wouter';
import type { Place } from '../desk/feature';
import { useMe } from '../desk/hooks';
import { Slot } from '../desk/slots';
import { ConnectionMark } from './connection';
import { openPalette } from './keyboard';

import { OwnNumbers } from './own_numbers';
import { UserMenu } from './user_menu';
import classes from './top_bar.module.css';

interface TopBarProps {
  readonly main: readonly Place[];
  readonly settings: readonly Place[];
}

export function TopBar({ main, settings }: TopBarProps) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <header className={classes['bar']}>
      <div className={classes['brand']}>
        <Mark />
        <bdi className={classes['workspace']} title={me.workspace?.friendly_name}>
          {me.workspace?.friendly_name}
        </bdi>
      </div>
      <nav className={classes['nav']} aria-label={t('shell.nav')}>
        {main.map((place) => (
          <NavLink key={place.path} place={place} />
        ))}
        {settings.length > 0 && <NavLink place={{ path: '/admin', label: 'nav.admin', icon: IconSettings }} />}
      </nav>
      <div className={classes['right']}>
        {me.worker && <OwnNumbers />}
        <ConnectionMark />
        <Tooltip label={<Keys keys="Mod+K" />}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('palette.open')}
            onClick={openPalette}
            className={classes['palette']}
          >
            <IconCommand size={17} />
          </ActionIcon>
        </Tooltip>
        <Slot of="bar" />
        <UserMenu />
      </div>
    </header>
  );
}

function NavLink({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const [here] = useRoute(`${place.path}/*?`);
  const Icon = place.icon;
  return (
    <UnstyledButton
      component={Link}
      to={place.path}
      className={classes['link']}
      aria-current={here ? 'page' : undefined}
    >
      <Icon size={16} />
      <span className={classes['label']}>{t(place.label)}</span>
    </UnstyledButton>
  );
}
