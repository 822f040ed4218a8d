// Boot: looks, words, and the app on the page.
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@carillon/ui/tokens.css';
import { preferredLanguage, rememberedLanguage, setUpWords } from '@carillon/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { Center } from './desk/center';
import type { Environment } from './desk/center';

export async function boot(environment: Environment): Promise<Center> {
  await setUpWords(preferredLanguage(rememberedLanguage(environment.browser), navigator.languages));
  const center = new Center(environment);
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no #root');
  createRoot(root).render(
    <StrictMode>
      <App center={center} />
    </StrictMode>,
  );
  return center;
}
