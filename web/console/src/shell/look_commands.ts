// Light, dark and languages, for the palette.
import { kLanguages } from '@carillon/ui';
import { useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Command } from '../desk/commands';
import { useCommands } from '../desk/commands';
import { kSchemes, useSpeak } from './looks';

export function useLookCommands(): void {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const speak = useSpeak();
  useCommands([
    ...kSchemes.map(
      ({ scheme, label }): Command => ({
        name: `look.${scheme}`,
        label: `${t('looks.title')}: ${t(label)}`,
        section: 'look',
        run: () => setColorScheme(scheme),
      }),
    ),
    ...kLanguages.map(
      ({ code, name }): Command => ({
        name: `language.${code}`,
        label: `${t('looks.language')}: ${name}`,
        section: 'look',
        run: () => speak(code),
      }),
    ),
  ]);
}
