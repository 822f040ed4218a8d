// Oneself: name, looks, language, ring, password, signing out.
import { IconBell, IconKey, IconKeyboard, IconSignOut, Person } from '@carillon/ui';
import { Menu, Modal, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useCenter, useMe } from '../desk/hooks';
import { ChangePassword } from './change_password';
import { openShortcuts } from './keyboard';
import { LooksItems } from './looks';
import { RingSettings } from './ring_settings';
import classes from './user_menu.module.css';

export function UserMenu() {
  const { t } = useTranslation();
  const center = useCenter();
  const me = useMe();
  const [asking, ask] = useDisclosure(false);
  const [ringing, ring] = useDisclosure(false);
  const name = me.user?.display_name ?? '';
  return (
    <>
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <UnstyledButton className={classes['button']}>
            <Person name={name} size={32} />
            <span className="visually-hidden">{t('user_menu.open', { name })}</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <div className={classes['who']}>
            <strong>{name}</strong>
            <span>{me.role ? t(`role.${me.role}`) : ''}</span>
          </div>
          <Menu.Divider />
          {me.worker && (
            <>
              <Menu.Item leftSection={<IconBell size={15} />} onClick={ring.open}>
                {t('ring.title')}
              </Menu.Item>
              <Menu.Divider />
            </>
          )}
          <LooksItems />
          <Menu.Divider />
          <Menu.Item leftSection={<IconKeyboard size={15} />} onClick={openShortcuts}>
            {t('shortcuts.title')}
          </Menu.Item>
          <Menu.Item leftSection={<IconKey size={15} />} onClick={ask.open}>
            {t('password.change')}
          </Menu.Item>
          <Menu.Item leftSection={<IconSignOut size={15} />} onClick={() => void center.signOut()}>
            {t('user_menu.sign_out')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {ringing && <RingSettings close={ring.close} />}
      <Modal opened={asking} onClose={ask.close} title={t('password.change')}>
        <ChangePassword onDone={ask.close} />
      </Modal>
    </>
  );
}
