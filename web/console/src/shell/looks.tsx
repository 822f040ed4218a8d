// Light, dark, or as the system is; and the language.
import {
  IconLanguage,
  IconMoon,
  IconSun,
  IconSystem,
  MenuChoice,
  kLanguages,
  rememberLanguage,
  speak,
} from '@carillon/ui';
import type { Language } from '@carillon/ui';
import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCenter } from '../desk/hooks';

export const kSchemes = [
  { scheme: 'auto', label: 'looks.system', icon: IconSystem },
  { scheme: 'light', label: 'looks.light', icon: IconSun },
  { scheme: 'dark', label: 'looks.dark', icon: IconMoon },
] as const;

export function useSpeak(): (language: Language) => void {
  const center = useCenter();
  return (language) => {
    rememberLanguage(center.environment.browser, language);
    void speak(language);
  };
}

export function LooksItems() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const choose = useSpeak();
  return (
    <>
      <Menu.Label>{t('looks.title')}</Menu.Label>
      {kSchemes.map(({ scheme, label, icon: Icon }) => (
        <MenuChoice
          key={scheme}
          checked={colorScheme === scheme}
          leftSection={<Icon size={15} />}
          closeMenuOnClick={false}
          onClick={() => setColorScheme(scheme)}
        >
          {t(label)}
        </MenuChoice>
      ))}
      <Menu.Label>{t('looks.language')}</Menu.Label>
      {kLanguages.map(({ code, name }) => (
        <MenuChoice key={code} checked={i18n.language === code} lang={code} onClick={() => choose(code)}>
          {name}
        </MenuChoice>
      ))}
    </>
  );
}

export function Looks() {
  const { t } = useTranslation();
  return (
    <Menu position="top-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('looks.both')}>
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <LooksItems />
      </Menu.Dropdown>
    </Menu>
  );
}
