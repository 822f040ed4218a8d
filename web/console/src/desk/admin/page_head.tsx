// The head of a page of the administration: what it is, what it is about, and what can be made there. Names the browser's tab, too.
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './page_head.module.css';

// `words`: beginning of its keys in the catalogue: <words>.title, <words>.about.
export function PageHead({ words, children }: { readonly words: string; readonly children?: ReactNode }) {
  const { t } = useTranslation();
  const title = t(`${words}.title`);
  useEffect(() => {
    document.title = `${title} · Carillon`;
  }, [title]);
  return (
    <header className={classes['head']}>
      <div>
        <h1 className={classes['title']}>{title}</h1>
        <p className={classes['about']}>{t(`${words}.about`)}</p>
      </div>
      {children}
    </header>
  );
}
