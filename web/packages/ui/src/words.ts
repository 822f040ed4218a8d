// Words: the catalogues and which one is spoken. English is in the bundle; the others come when they are asked for.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './words/en.json';

export const kLanguages = [
  { code: 'en', name: 'English', direction: 'ltr' },
  { code: 'de', name: 'Deutsch', direction: 'ltr' },
  { code: 'ar', name: 'العربية', direction: 'rtl' },
] as const;

export type Language = (typeof kLanguages)[number]['code'];

const kKey = 'carillon.language';
const kLoaders: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ default: object }>>> = {
  de: () => import('./words/de.json'),
  ar: () => import('./words/ar.json'),
};

export function directionOf(language: string): 'ltr' | 'rtl' {
  return kLanguages.find((l) => l.code === language)?.direction ?? 'ltr';
}

// What was chosen here before, else the first of the browser's languages that we speak.
export function preferredLanguage(chosen: string | null, offered: readonly string[]): Language {
  const spoken = (tag: string) => kLanguages.find((l) => l.code === tag.split('-')[0]?.toLowerCase())?.code;
  return spoken(chosen ?? '') ?? offered.map(spoken).find((code) => code !== undefined) ?? 'en';
}

export async function setUpWords(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await speak(language);
}

export async function speak(language: Language): Promise<void> {
  if (language !== 'en' && !i18next.hasResourceBundle(language, 'translation')) {
    const { default: words } = await kLoaders[language]();
    i18next.addResourceBundle(language, 'translation', words);
  }
  await i18next.changeLanguage(language);
  if (typeof document === 'undefined') return;
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

export function rememberLanguage(storage: Pick<Storage, 'setItem'>, language: Language): void {
  storage.setItem(kKey, language);
}

export function rememberedLanguage(storage: Pick<Storage, 'getItem'>): string | null {
  return storage.getItem(kKey);
}
