// Shell: the top bar, the banners, and the page. What stands where comes from the list of features and the person's rights.
import type { Me } from '@carillon/client';
import { Center as Middle, Loader } from '@mantine/core';
import { Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Switch } from 'wouter';
import type { Feature, Place } from '../desk/feature';
import { useMe } from '../desk/hooks';
import type { SlotName, Slots } from '../desk/slots';
import { Slot, SlotsContext } from '../desk/slots';
import { kFeatures } from '../features';
import { Administration } from './administration';
import { ConnectionBanner } from './connection';
import { Keyboard } from './keyboard';
import { Notices } from './notices';
import { NotFound } from './not_found';
import { TopBar } from './top_bar';
import classes from './shell.module.css';

function slotsOf(features: readonly Feature[]): Slots {
  const slots: { [N in SlotName]?: unknown[] } = {};
  for (const feature of features) {
    for (const [name, filled] of Object.entries(feature.slots ?? {})) {
      slots[name as SlotName] = [...(slots[name as SlotName] ?? []), ...filled];
    }
  }
  return slots as Slots;
}

export function featuresFor(me: Me): readonly Feature[] {
  return kFeatures.filter((feature) => feature.right(me));
}

export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const features = useMemo(() => featuresFor(me), [me]);
  const slots = useMemo(() => slotsOf(features), [features]);
  const places = features.flatMap((feature) => feature.places ?? []);
  const main = places.filter((place) => (place.section ?? 'main') === 'main');
  const settings = places.filter((place) => (place.section ?? 'main') !== 'main');
  const home = main[0] ?? settings[0];
  return (
    <SlotsContext.Provider value={slots}>
      <div className={classes['shell']}>
        <a className={classes['skip']} href="#main">
          {t('shell.skip')}
        </a>
        <TopBar main={main} settings={settings} />
        <div className={classes['banners']}>
          <ConnectionBanner />
          <Slot of="banner" />
        </div>
        <main className={classes['main']} id="main" tabIndex={-1}>
          <Suspense
            fallback={
              <Middle h="100%">
                <Loader type="dots" />
              </Middle>
            }
          >
            <Pages features={features} settings={settings} home={home} />
          </Suspense>
        </main>
        <Slot of="everywhere" />
        <Notices />
        <Keyboard places={places} />
      </div>
    </SlotsContext.Provider>
  );
}

interface PagesProps {
  readonly features: readonly Feature[];
  readonly settings: readonly Place[];
  readonly home: Place | undefined;
}

function Pages({ features, settings, home }: PagesProps) {
  const pages = features.flatMap((feature) => feature.pages ?? []);
  const first = settings[0];
  return (
    <Switch>
      <Route path="/">{home ? <Redirect to={home.path} replace /> : <NotFound />}</Route>
      {pages
        .filter(({ path }) => !path.startsWith('/admin'))
        .map(({ path, page: Page }) => (
          <Route key={path} path={path}>
            <Page />
          </Route>
        ))}
      {first && (
        <Route path="/admin">
          <Redirect to={first.path} replace />
        </Route>
      )}
      {first && (
        <Route path="/admin/*?">
          <Administration places={settings} pages={pages} />
        </Route>
      )}
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
