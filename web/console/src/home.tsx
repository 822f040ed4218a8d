// The first page: in a demo three doors, each opening a tab of its own; otherwise the way to the sign-in.
import '@fontsource-variable/inter/wght.css';
import '@carillon/ui/tokens.css';
import { preferredLanguage, rememberedLanguage, setUpWords } from '@carillon/ui/plain';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Home } from './home/home';

// As the console is set; its looks library is not loaded for one page of links.
function followScheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = localStorage.getItem('mantine-color-scheme-value');
    const scheme = chosen === 'dark' || chosen === 'light' ? chosen : dark.matches ? 'dark' : 'light';
    document.documentElement.dataset['mantineColorScheme'] = scheme;
  };
  dark.addEventListener('change', apply);
  addEventListener('storage', apply);
  apply();
}

followScheme();
const root = document.getElementById('root');
void setUpWords(preferredLanguage(rememberedLanguage(localStorage), navigator.languages)).then(() => {
  if (root)
    createRoot(root).render(
      <StrictMode>
        <Home />
      </StrictMode>,
    );
});
