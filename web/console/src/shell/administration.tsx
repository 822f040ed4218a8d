// The administration: its places on the left, by section; the page beside them.
import { useTranslation } from 'react-i18next';
import { Link, Route, Switch, useRoute } from 'wouter';
import type { Page, Place } from '../desk/feature';
import { NotFound } from './not_found';
import classes from './administration.module.css';

const kSections = ['people', 'routing', 'channels', 'system'] as const;

interface AdministrationProps {
  readonly places: readonly Place[];
  readonly pages: readonly Page[];
}

export function Administration({ places, pages }: AdministrationProps) {
  const { t } = useTranslation();
  return (
    <div className={classes['frame']}>
      <nav className={classes['nav']} aria-label={t('nav.admin')}>
        {kSections.map((section) => (
          <div key={section} className={classes['section']}>
            <h2 className={classes['heading']}>{t(`admin.section.${section}`)}</h2>
            {places
              .filter((place) => place.section === section)
              .map((place) => (
                <Item key={place.path} place={place} />
              ))}
          </div>
        ))}
      </nav>
      <div className={classes['page']}>
        <Switch>
          {pages
            .filter(({ path }) => path.startsWith('/admin'))
            .map(({ path, page: Page }) => (
              <Route key={path} path={path}>
                <Page />
              </Route>
            ))}
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </div>
    </div>
  );
}

function Item({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const [here] = useRoute(`${place.path}/*?`);
  const Icon = place.icon;
  return (
    <Link to={place.path} className={classes['item']} aria-current={here ? 'page' : undefined}>
      <Icon size={15} />
      {t(place.label)}
    </Link>
  );
}
